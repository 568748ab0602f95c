#include "messages/knob.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tuner {

const char* to_string(knob_role x) {
  switch (x) {
  case knob_role::batch_size:
    return "batch_size";
  case knob_role::batch_timeout:
    return "batch_timeout";
  case knob_role::cache_size:
    return "cache_size";
  case knob_role::other:
    return "other";
  }
  return "other";
}

std::string format_number(double x, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*g", digits, x);
  return text;
}

std::string to_string(const settings& x) {
  std::string result;
  for (const auto& [name, value] : x) {
    if (!result.empty())
      result += ' ';
    result += name + '=' + format_number(value);
  }
  return result;
}

const knob_spec* knob_table::find(std::string_view name) const {
  auto i = std::find_if(knobs.begin(), knobs.end(), [&](const knob_spec& k) {
    return k.name == name;
  });
  return i == knobs.end() ? nullptr : &*i;
}

const knob_spec* knob_table::tunable(knob_role role) const {
  auto i = std::find_if(knobs.begin(), knobs.end(), [&](const knob_spec& k) {
    return k.role == role && k.enabled;
  });
  return i == knobs.end() ? nullptr : &*i;
}

settings knob_table::initial() const {
  settings result;
  for (const auto& k : knobs)
    result[k.name] = clamp(k, k.initial);
  return result;
}

double clamp(const knob_spec& spec, double value) {
  if (std::isnan(value))
    value = spec.initial;
  auto bounded = std::clamp(value, spec.min, spec.max);
  if (spec.step <= 0)
    return bounded;
  auto steps = std::round((bounded - spec.min) / spec.step);
  auto on_step = spec.min + steps * spec.step;
  return on_step > spec.max ? on_step - spec.step : on_step;
}

knob_table standard_knobs(const standard_values& initial) {
  return {{
    {knob::batch_size, knob_role::batch_size, 1, 4096, 1, "requests",
     initial.batch_size, true},
    {knob::batch_timeout, knob_role::batch_timeout, 0, 10'000, 0, "ms",
     initial.batch_timeout_ms, true},
    {knob::cache_size, knob_role::cache_size, 1, 1'048'576, 1, "MiB",
     initial.cache_size_mb, true},
  }};
}

} // namespace tuner
