#include "app/commands/served_control.hpp"

#include <algorithm>

namespace tuner {

namespace {

target_setup setup_of(const config& c, const target_config& target) {
  target_setup result;
  result.mode = c.tuner.mode;
  result.policy = target.scripted.empty() ? c.tuner.policy : "hold";
  result.judge = c.tuner.judge;
  result.p95_latency_ms = c.tuner.slo.p95_latency_ms;
  result.error_ratio = c.tuner.slo.error_ratio;
  result.knobs = knobs_of(c, target);
  result.check_delay = from_seconds(c.tuner.watchdog.check_delay_seconds);
  return result;
}

} // namespace

served_control::served_control(
  const config& c, const target_config& which, served_target& target)
  : target_(target), setup_(setup_of(c, which)) {}

tuning_status served_control::status() {
  return tuner().status();
}

answer<settings> served_control::in_force() {
  return tuner().in_force();
}

answer<std::vector<history_event>>
served_control::recall(const history_query& which) {
  auto all = tuner().history();
  std::erase_if(all, [&](const auto& x) {
    return x.what.at < which.since
      || (which.id != 0 && x.what.id != change_id{which.id});
  });
  if (all.size() > which.limit)
    all.erase(all.begin(), all.end() - which.limit);
  return {std::move(all), {}};
}

answer<std::vector<observation>> served_control::series(const series_query&) {
  return {std::vector<observation>{}, {}};
}

answer<tuning_status> served_control::pause(const std::string&) {
  return {tuner().pause(), {}};
}

answer<tuning_status> served_control::resume(const std::string&) {
  return {tuner().resume(), {}};
}

answer<std::vector<change>>
served_control::rollback(uint32_t steps, const std::string&) {
  return tuner().rollback_last(steps);
}

answer<change> served_control::set(const settings&, const std::string&) {
  return {std::nullopt, "setting knobs is not there yet", ec::not_running};
}

} // namespace tuner
