#include "config/rules.hpp"

#include "config/address.hpp"
#include "config/knob_rules.hpp"
#include "config/text.hpp"

#include <set>

namespace tuner {

namespace {

using errors_t = std::vector<config_error>;

void check_times(const tuner_config& x, errors_t& errors) {
  auto at_least_period = [&](const std::string& key, double value) {
    if (value < x.sample_period_seconds)
      errors.push_back(
        {"tuner." + key, text::number(value),
         "at least tuner.sample_period_seconds, which is "
           + text::number(x.sample_period_seconds),
         ""});
  };
  at_least_period("observation_window_seconds", x.observation_window_seconds);
  at_least_period("tuning_interval_seconds", x.tuning_interval_seconds);
}

void check_back_off(const back_off_config& x, errors_t& errors) {
  if (x.first_seconds > x.longest_seconds)
    errors.push_back(
      {"tuner.back_off.first_seconds", text::number(x.first_seconds),
       "at most tuner.back_off.longest_seconds, which is "
         + text::number(x.longest_seconds),
       ""});
}

void check_freeze(const freeze_config& x, std::size_t i, errors_t& errors) {
  auto path = text::step("tuner.freeze", i);
  auto refuse = [&](const char* key, std::string value, const char* allowed) {
    errors.push_back({path + key, std::move(value), allowed, ""});
  };
  auto range = !x.from.empty() || !x.to.empty();
  if (range && (!x.cron.empty() || x.minutes > 0))
    refuse("", "both", "`from` and `to`, or `cron` and `minutes`");
  else if (range && x.from.empty())
    refuse(".from", "\"\"", "a moment: there is `to`");
  else if (range && !(x.from < x.to)) // Such texts sort as their moments do.
    refuse(".to", text::quoted(x.to), "a moment after `from`");
  else if (!range && x.cron.empty())
    refuse(".cron", "\"\"", "`cron` and `minutes`, or `from` and `to`");
  else if (!range && x.minutes == 0)
    refuse(".minutes", "0", "at least 1: there is `cron`");
}

void check_threshold(const threshold_params& x, errors_t& errors) {
  auto at_most = [&](
                   const std::string& floor, double value,
                   const std::string& cap, double limit) {
    if (value > limit)
      errors.push_back(
        {"tuner.threshold." + floor, text::number(value),
         "at most tuner.threshold." + cap + ", which is " + text::number(limit),
         ""});
  };
  at_most("batch_floor", x.batch_floor, "batch_cap", x.batch_cap);
  at_most(
    "timeout_floor_ms", x.timeout_floor_ms, "timeout_cap_ms", x.timeout_cap_ms);
  at_most("cache_floor_mb", x.cache_floor_mb, "cache_cap_mb", x.cache_cap_mb);
}

/// A threshold for a knob that nobody has is a slip of the pen.
void check_per_knob(const config& x, errors_t& errors) {
  auto standard = standard_knobs({});
  std::vector<std::string_view> names;
  std::set<std::string_view> seen;
  auto add = [&](const std::vector<knob_spec>& knobs) {
    for (const auto& knob : knobs)
      if (seen.insert(knob.name).second)
        names.push_back(knob.name);
  };
  add(standard.knobs);
  for (const auto& target : x.targets)
    add(target.knobs);
  for (const auto& [name, value] : x.tuner.watchdog.per_knob)
    if (!seen.contains(name))
      errors.push_back(
        {text::step("tuner.watchdog.per_knob", name), text::number(value),
         text::instead_of(name, names), "no knob of any target"});
}

void check_effectors(
  const target_config& x, const knob_table& knobs, const std::string& path,
  errors_t& errors) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < x.effectors.size(); ++i) {
    const auto& effector = x.effectors[i];
    auto here = path + text::step(".effectors", i);
    const char* allowed = !knobs.find(effector.knob) ? "a knob of this target"
      : !seen.insert(effector.knob).second ? "a knob without another effector"
                                           : nullptr;
    if (allowed)
      errors.push_back(
        {here + ".knob", text::quoted(effector.knob), allowed, ""});
    check_effector(effector, here, errors);
  }
}

void check_targets(const config& x, errors_t& errors) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < x.targets.size(); ++i) {
    const auto& target = x.targets[i];
    auto path = text::step("targets", i);
    auto refuse =
      [&](const char* key, const std::string& value, const char* allowed) {
        errors.push_back(
          {path + key, text::shortened(text::quoted(value)), allowed, ""});
      };
    if (target.name.empty() && x.targets.size() > 1)
      refuse(".name", "", "a name: there is more than one target");
    else if (!names.insert(target.name).second)
      refuse(".name", target.name, "a name that no other target has");
    const auto& load = target.example_host.load;
    if (load.kind == "trace" && load.file.empty())
      refuse(
        ".example_host.load.file", "", "a CSV file: the kind is \"trace\"");
    if (target.kind == "foreign")
      check_sensor(target.sensor, path + ".sensor", errors);
    for (auto knob : target.knobs) {
      if (target.kind == "foreign")
        start_anywhere(knob);
      check_knob(x, knob, path + ".knobs", errors);
    }
    auto knobs = target.knobs.empty() ? standard_knobs(static_values(x))
                                      : knob_table{target.knobs};
    check_effectors(target, knobs, path, errors);
    check_script(target.scripted, knobs, path + ".scripted", errors);
  }
}

void check_admin(const admin_config& x, errors_t& errors) {
  if (x.token_file.empty() && !is_loopback(x.address))
    errors.push_back(
      {"admin.token_file", "\"\"",
       "a file with a token: admin.address is " + x.address
         + ", which others can reach; or an address in 127.0.0.0/8, or ::1",
       ""});
}

void check_link(const link_config& x, errors_t& errors) {
  if (x.silence_seconds < 2 * x.heartbeat_seconds)
    errors.push_back(
      {"link.silence_seconds", text::number(x.silence_seconds),
       "at least twice link.heartbeat_seconds, which is "
         + text::number(x.heartbeat_seconds),
       ""});
}

void check_agent(const config& x, errors_t& errors) {
  if (x.agent.node.empty())
    return;
  if (!host_and_port(x.agent.node))
    errors.push_back(
      {"agent.node", text::shortened(text::quoted(x.agent.node)),
       "HOST:PORT, such as 127.0.0.1:9470", ""});
  for (std::size_t i = 0; i < x.targets.size(); ++i)
    if (x.targets[i].name.empty())
      errors.push_back(
        {text::step("targets", i) + ".name", "\"\"",
         "a name: by it the node knows the target", ""});
}

} // namespace

void check_rules(const config& x, std::vector<config_error>& errors) {
  check_times(x.tuner, errors);
  check_threshold(x.tuner.threshold, errors);
  check_back_off(x.tuner.back_off, errors);
  for (std::size_t i = 0; i < x.tuner.freeze.size(); ++i)
    check_freeze(x.tuner.freeze[i], i, errors);
  check_per_knob(x, errors);
  check_targets(x, errors);
  check_admin(x.admin, errors);
  check_link(x.link, errors);
  check_agent(x, errors);
}

void derive(config& x) {
  auto standard = standard_knobs(static_values(x));
  for (auto& target : x.targets) {
    if (target.knobs.empty())
      target.knobs = standard.knobs;
    for (auto& knob : target.knobs)
      if (const auto* start = standard.find(knob.name);
          start && knob.initial != knob.initial)
        knob.initial = start->initial;
  }
}

} // namespace tuner
