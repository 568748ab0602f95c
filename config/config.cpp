#include "config/config.hpp"

#include "config/knob_rules.hpp"

namespace tuner {

namespace {

/// @returns whether the switch for knobs like `x` is on.
bool switched_on(const tuner_config& c, const knob_spec& x) {
  auto is = [&](knob_role role, const char* name) {
    return x.role == role || x.name == name;
  };
  if (is(knob_role::batch_size, knob::batch_size))
    return c.enable_batch_size_tuning;
  if (is(knob_role::batch_timeout, knob::batch_timeout))
    return c.enable_timeout_tuning;
  if (is(knob_role::cache_size, knob::cache_size))
    return c.enable_cache_size_tuning;
  return true;
}

} // namespace

bool tuning_enabled(const config& c) {
  return c.enabled && c.tuner.enabled;
}

knob_table knobs_of(const config& c, const target_config& target) {
  knob_table result{target.knobs};
  if (result.knobs.empty())
    result = standard_knobs(static_values(c));
  for (auto& x : result.knobs)
    x.enabled = x.enabled && switched_on(c.tuner, x);
  return result;
}

} // namespace tuner
