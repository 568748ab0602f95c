#include "config/config.hpp"

#include "config/knob_rules.hpp"

#include <algorithm>
#include <cmath>

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

std::string problem_with(const config& c) {
  auto is_one_of = [](const std::string& x, const auto& names) {
    return std::find(names.begin(), names.end(), x) != names.end();
  };
  if (!is_one_of(c.tuner.policy, policy_names()))
    return "tuner.policy: \"" + c.tuner.policy + "\" is no policy";
  if (!is_one_of(c.tuner.judge, judge_names()))
    return "tuner.judge: \"" + c.tuner.judge + "\" is no judge";
  const auto& t = c.tuner;
  for (auto x :
       {t.observation_window_seconds, t.tuning_interval_seconds,
        t.sample_period_seconds, t.host_timeout_seconds, t.lease_seconds,
        t.watchdog.check_delay_seconds})
    if (!(x > 0))
      return "tuner: " + format_number(x)
        + " s is no window, interval, period, timeout or delay";
  return {};
}

bool tuning_enabled(const config& c) {
  return c.enabled && c.tuner.enabled;
}

void start_anywhere(knob_spec& x) {
  if (std::isnan(x.initial))
    x.initial = x.min;
  if (x.min <= x.max)
    x.initial = std::clamp(x.initial, x.min, x.max);
}

knob_table knobs_of(const config& c, const target_config& target) {
  knob_table result{target.knobs};
  if (result.knobs.empty())
    result = standard_knobs(static_values(c));
  for (auto& x : result.knobs) {
    x.enabled = x.enabled && switched_on(c.tuner, x);
    if (target.kind == "foreign")
      start_anywhere(x);
  }
  return result;
}

} // namespace tuner
