#include "app/commands/tuned_control.hpp"

#include <chrono>

namespace tuner {

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

tuned_control::tuned_control(
  const config& c, target_config which, std::unique_ptr<engine> by,
  actor_log log)
  : which_(std::move(which)), by_(std::move(by)), log_(std::move(log)),
    setup_(setup_of(c, which_)) {}

target_setup tuned_control::setup() const {
  std::lock_guard lock{mutex_};
  return setup_;
}

answer<tuning_status> tuned_control::reconfigure(const config& c) {
  {
    std::lock_guard lock{mutex_};
    setup_ = setup_of(c, which_);
  }
  return by_->reconfigure(c);
}

tuning_status tuned_control::status() {
  auto result = by_->status();
  return result ? *result
                : tuning_status{tuning_state::degraded, result.refusal};
}

answer<tuning_status> tuned_control::pause(const std::string& who) {
  return noted("pause", who, by_->pause());
}

answer<tuning_status> tuned_control::resume(const std::string& who) {
  return noted("resume", who, by_->resume());
}

answer<std::vector<change>>
tuned_control::rollback(uint32_t steps, const std::string& who) {
  return noted("rollback " + std::to_string(steps), who, by_->rollback(steps));
}

answer<change>
tuned_control::set(const settings& wanted, const std::string& who) {
  return noted("set " + to_string(wanted), who, by_->set(wanted));
}

template <class T>
answer<T> tuned_control::noted(
  const std::string& what, const std::string& who, answer<T> done) {
  log_(
    done ? log_level::info : log_level::warning, what, " by ", who,
    done ? "" : " refused: ", done.refusal);
  if (done)
    by_->note({instant{std::chrono::system_clock::now()}, who, what});
  return done;
}

} // namespace tuner
