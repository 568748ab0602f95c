#include "app/commands/recorded_control.hpp"

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

recorded_control::recorded_control(
  const config& c, target_config which, actor_log log)
  : which_(std::move(which)), log_(std::move(log)),
    setup_(setup_of(c, which_)) {}

target_setup recorded_control::setup() const {
  std::lock_guard lock{mutex_};
  return setup_;
}

answer<tuning_status> recorded_control::reconfigure(const config& c) {
  {
    std::lock_guard lock{mutex_};
    setup_ = setup_of(c, which_);
  }
  return run_by(c);
}

} // namespace tuner
