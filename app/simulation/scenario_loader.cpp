#include "app/simulation/scenario_schema.hpp"
#include "config/json_text.hpp"
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

void check_scripted(const scenario& x, errors_t& errors) {
  auto known = standard_knobs({});
  for (size_t i = 0; i < x.scripted.size(); ++i) {
    auto path = text::step("scripted", i);
    const auto& [at, wanted] = x.scripted[i];
    if (i > 0 && at < x.scripted[i - 1].first)
      errors.push_back(
        {path, text::number(at),
         "a second that is not before that of the row above", ""});
    for (const auto& [knob, value] : wanted) {
      const auto* spec = known.find(knob);
      if (!spec || (knob == knob::cache_size && !x.cache))
        errors.push_back(
          {path, text::quoted(knob),
           x.cache ? "batch_size, batch_timeout_ms, cache_size_mb"
                   : "batch_size, batch_timeout_ms: there is no cache",
           "no such knob"});
      else if (clamp(*spec, value) != value)
        errors.push_back(
          {text::step(path, knob), text::number(value),
           to_string(range{
             spec->min, spec->max, spec->unit.c_str(), spec->step == 1, false,
             false}),
           ""});
    }
  }
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
  check_scripted(x, errors);
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
