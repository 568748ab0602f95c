#pragma once

#include "app/admin/target_control.hpp"
#include "app/commands/served_target.hpp"

#include <mutex>

namespace tuner {

/// A served target as operators see it.
class served_control final : public target_control {
public:
  /// @param target outlives this.
  served_control(
    const config& c, const target_config& which, served_target& target,
    actor_log log);

  std::string name() const override { return target_.name(); }
  target_setup setup() const override;
  tuning_status status() override;
  answer<settings> in_force() override;
  answer<std::vector<history_event>>
  recall(const history_query& which) override;
  answer<std::vector<observation>> series(const series_query& which) override;
  answer<tuning_status> pause(const std::string& who) override;
  answer<tuning_status> resume(const std::string& who) override;
  answer<std::vector<change>>
  rollback(uint32_t steps, const std::string& who) override;
  answer<tuning_status> reconfigure(const config& c) override;
  answer<change> set(const settings& wanted, const std::string& who) override;

private:
  auto_tuner& tuner() { return target_.tuning(); }

  /// Records that an operator has used a command.
  template <class T>
  answer<T>
  noted(const std::string& what, const std::string& who, answer<T> done);

  served_target& target_;
  target_config which_;
  mutable std::mutex mutex_;
  target_setup setup_; ///< Under the mutex.
  actor_log log_;
};

} // namespace tuner
