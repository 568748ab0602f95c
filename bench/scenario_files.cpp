#include "bench/scenario_files.hpp"

#include "config/error.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace tuner {

namespace {

const std::filesystem::path folder{AUTO_TUNER_SCENARIOS};

std::vector<std::string> names_in(const std::filesystem::path& where) {
  std::vector<std::string> result;
  for (const auto& file : std::filesystem::directory_iterator{where})
    if (file.path().extension() == ".json")
      result.push_back(file.path().stem().string());
  std::sort(result.begin(), result.end());
  return result;
}

} // namespace

std::vector<std::string> scenario_names(bool recorded_too) {
  auto result = names_in(folder);
  if (recorded_too)
    for (const auto& name : names_in(folder / "traces"))
      result.push_back(name);
  return result;
}

planned_run
load_named_scenario(const std::string& name, const std::string& traces) {
  auto file = folder / (name + ".json");
  auto recorded = !std::filesystem::exists(file);
  if (recorded)
    file = folder / "traces" / (name + ".json");
  auto loaded = simulation::load_scenario(file);
  if (!loaded.errors.empty())
    throw std::runtime_error{to_string(loaded.errors.front())};
  planned_run result{std::move(loaded.value), {}};
  result.what.name = name;
  if (recorded) {
    if (traces.empty())
      throw std::runtime_error{
        name + ": give the folder of its trace with --traces"};
    auto trace = std::filesystem::path{result.what.arrivals.file}.filename();
    result.what.arrivals.file = std::filesystem::path{traces} / trace;
  }
  if (result.what.arrivals.kind == "trace")
    result.trace = simulation::read_trace(result.what.arrivals);
  return result;
}

} // namespace tuner
