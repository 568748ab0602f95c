#include "bench/scenario_files.hpp"

#include "config/error.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace tuner {

namespace {

const std::filesystem::path folder{AUTO_TUNER_SCENARIOS};

} // namespace

std::vector<std::string> scenario_names() {
  std::vector<std::string> result;
  for (const auto& file : std::filesystem::directory_iterator{folder})
    if (file.path().extension() == ".json")
      result.push_back(file.path().stem().string());
  std::sort(result.begin(), result.end());
  return result;
}

planned_run load_named_scenario(const std::string& name) {
  auto loaded = simulation::load_scenario(folder / (name + ".json"));
  if (!loaded.errors.empty())
    throw std::runtime_error{to_string(loaded.errors.front())};
  planned_run result{std::move(loaded.value), {}};
  result.what.name = name;
  if (result.what.arrivals.kind == "trace")
    result.trace = simulation::read_trace(result.what.arrivals);
  return result;
}

} // namespace tuner
