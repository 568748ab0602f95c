#include "app/simulation/scenario_schema.hpp"
#include "config/json_text.hpp"
#include "config/knob_rules.hpp"
#include "config/reader.hpp"
#include "config/rules.hpp"
#include "config/text.hpp"
#include "config/text_file.hpp"

#include <filesystem>

namespace tuner::simulation {

namespace {

using errors_t = std::vector<config_error>;

void check_ascending(const char* path, const rows& x, errors_t& errors) {
  for (size_t i = 1; i < x.size(); ++i)
    if (x[i][0] < x[i - 1][0])
      errors.push_back(
        {text::step(path, i), text::number(x[i][0]),
         "a second that is not before that of the row above", ""});
}

void check_slowdowns(const rows& x, errors_t& errors) {
  for (size_t i = 0; i < x.size(); ++i)
    if (x[i][1] < x[i][0])
      errors.push_back(
        {text::step("service.slowdowns", i), text::number(x[i][1]),
         "an end that is not before the beginning", ""});
}

void check_scenario(const scenario& x, errors_t& errors) {
  check_ascending("arrivals.rates", x.arrivals.rates, errors);
  if (x.cache) {
    check_ascending("cache.shifts", x.cache->shifts, errors);
    check_ascending("cache.others_mb", x.cache->others_mb, errors);
  }
  if (x.arrivals.kind == "trace" && x.arrivals.file.empty())
    errors.push_back(
      {"arrivals.file", "\"\"", "a CSV file: the kind is \"trace\"", ""});
  if (!(x.service.fixed_ms + x.service.per_item_ms > 0))
    errors.push_back(
      {"service.fixed_ms", text::number(x.service.fixed_ms),
       "more than 0, or more than 0 for service.per_item_ms", ""});
  check_slowdowns(x.service.slowdowns, errors);
  auto knobs = standard_knobs({});
  if (!x.cache)
    std::erase_if(knobs.knobs, [](const knob_spec& knob) {
      return knob.name == knob::cache_size;
    });
  check_script(x.scripted, knobs, "scripted", errors);
  config rules;
  rules.tuner = x.tuner;
  check_rules(rules, errors);
}

} // namespace

scenario_result load_scenario(const std::string& path) {
  scenario_result result;
  std::string json;
  if (auto why = read_text_file(path, json); !why.empty()) {
    result.errors.push_back(
      {path, why, "a readable scenario file: JSON of at most 1 MiB",
       "can't be read"});
    return result;
  }
  auto& x = result.value;
  if (auto document = parse_json(json, path, result.errors)) {
    read_keys(
      *document, path, [&](schema_visitor& v) { describe(v, x); },
      result.errors);
    if (!document->is_object() || !document->get_object().contains("slo"))
      x.slo = x.tuner.slo;
  }
  if (result.errors.empty())
    check_scenario(x, result.errors);
  if (!x.arrivals.file.empty())
    x.arrivals.file =
      (std::filesystem::path{path}.parent_path() / x.arrivals.file).string();
  return result;
}

} // namespace tuner::simulation
