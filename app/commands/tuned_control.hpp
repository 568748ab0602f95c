#pragma once

#include "app/admin/target_control.hpp"
#include "app/engine.hpp"

#include <memory>
#include <mutex>

namespace tuner {

/// @returns what operators are shown of how a target is tuned.
target_setup setup_of(const config& c, const target_config& target);

/// A target that a node tunes, as operators see it.
class tuned_control final : public target_control {
public:
  tuned_control(
    const config& c, target_config which, std::unique_ptr<engine> by,
    actor_log log);

  std::string name() const override { return which_.name; }
  target_setup setup() const override;
  tuning_status status() override;
  answer<settings> in_force() override { return by_->in_force(); }
  answer<std::vector<history_event>>
  recall(const history_query& which) override {
    return by_->recall(which);
  }
  answer<std::vector<observation>> series(const series_query& which) override {
    return by_->series(which);
  }
  answer<tuning_status> pause(const std::string& who) override;
  answer<tuning_status> resume(const std::string& who) override;
  answer<std::vector<change>>
  rollback(uint32_t steps, const std::string& who) override;
  answer<tuning_status> reconfigure(const config& c) override;
  answer<change> set(const settings& wanted, const std::string& who) override;

private:
  template <class T>
  answer<T>
  noted(const std::string& what, const std::string& who, answer<T> done);

  target_config which_;
  std::unique_ptr<engine> by_;
  actor_log log_;
  mutable std::mutex mutex_;
  target_setup setup_; ///< Under the mutex.
};

} // namespace tuner
