#include "config/knob_rules.hpp"

#include "config/allowed.hpp"
#include "config/text.hpp"

#include <cmath>

namespace tuner {

namespace {

/// The key with the static value of a standard knob.
std::string static_key(const std::string& knob) {
  if (knob == knob::batch_size)
    return "batcher.max_batch_size";
  if (knob == knob::batch_timeout)
    return "batcher.batch_timeout_ms";
  return "cache.max_memory_mb";
}

/// One knob, and where it stands in the config.
struct place {
  const knob_spec& knob;
  std::string path;
  std::vector<config_error>& errors;

  void refuse(const char* key, double value, const std::string& allowed) const {
    errors.push_back({path + '.' + key, text::number(value), allowed, ""});
  }

  void check_range(const char* key, double value, const range& allowed) const {
    if (!allowed.contains(value))
      refuse(key, value, to_string(allowed));
  }
};

/// @returns whether a knob of one's own says all that it must.
bool check_complete(const place& x) {
  bool complete = true;
  auto need = [&](const char* key, double value) {
    if (!std::isnan(value))
      return;
    complete = false;
    x.errors.push_back(
      {x.path + '.' + key, "nothing",
       "a number: only the standard knobs have one by default", ""});
  };
  need("min", x.knob.min);
  need("max", x.knob.max);
  need("initial", x.knob.initial);
  return complete;
}

/// @returns whether the bounds make sense.
bool check_bounds(const place& x, const knob_spec* standard) {
  auto errors_before = x.errors.size();
  if (standard) {
    auto widest = within(standard->min, standard->max, standard->unit.c_str());
    x.check_range("min", x.knob.min, widest);
    x.check_range("max", x.knob.max, widest);
  }
  if (x.knob.min > x.knob.max)
    x.refuse(
      "min", x.knob.min, "at most max, which is " + text::number(x.knob.max));
  return x.errors.size() == errors_before;
}

} // namespace

standard_values static_values(const config& x) {
  return {
    x.batcher.max_batch_size, x.batcher.batch_timeout_ms,
    x.cache.max_memory_mb};
}

void check_knob(
  const config& x, const knob_spec& knob, const std::string& path,
  std::vector<config_error>& errors) {
  auto table = standard_knobs(static_values(x));
  const auto* standard = table.find(knob.name);
  place here{knob, text::step(path, knob.name), errors};
  if (!standard && !check_complete(here))
    return;
  if (!check_bounds(here, standard))
    return;
  if (knob.max_step_ratio > 0 && knob.max_step_ratio <= 1)
    here.refuse("max_step_ratio", knob.max_step_ratio, "0, or more than 1");
  auto bounds = within(knob.min, knob.max, knob.unit.c_str());
  if (!std::isnan(knob.initial))
    here.check_range("initial", knob.initial, bounds);
  else if (!bounds.contains(standard->initial))
    errors.push_back(
      {static_key(knob.name), text::number(standard->initial),
       to_string(bounds) + ", the bounds of " + here.path
         + ", or an initial value there",
       ""});
}

void check_script(
  const std::vector<std::pair<double, settings>>& script,
  const knob_table& knobs, const std::string& path,
  std::vector<config_error>& errors) {
  std::vector<std::string_view> names;
  for (const auto& knob : knobs.knobs)
    names.push_back(knob.name);
  double before = 0;
  for (size_t i = 0; i < script.size(); ++i) {
    auto row = text::step(path, i);
    const auto& [at, wanted] = script[i];
    if (at < std::exchange(before, at))
      errors.push_back(
        {row, text::number(at),
         "a second that is not before that of the row above", ""});
    for (const auto& [knob, value] : wanted) {
      const auto* spec = knobs.find(knob);
      if (!spec)
        errors.push_back(
          {row, text::quoted(knob), text::listed(names), "no such knob"});
      else if (clamp(*spec, value) != value)
        errors.push_back(
          {text::step(row, knob), text::number(value),
           to_string(range{
             spec->min, spec->max, spec->unit.c_str(), spec->step == 1, false,
             false}),
           ""});
    }
  }
}

} // namespace tuner
