#include "app/commands/tuned_control.hpp"

namespace tuner {

tuned_control::tuned_control(
  const config& c, target_config which, std::unique_ptr<engine> by,
  actor_log log)
  : recorded_control(c, std::move(which), std::move(log)), by_(std::move(by)) {}

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

} // namespace tuner
