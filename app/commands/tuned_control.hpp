#pragma once

#include "app/commands/recorded_control.hpp"
#include "app/engine.hpp"

#include <memory>

namespace tuner {

/// A target that a node tunes, as operators see it.
class tuned_control final : public recorded_control {
public:
  tuned_control(
    const config& c, target_config which, std::unique_ptr<engine> by,
    actor_log log);

  std::string name() const override { return target_name(); }
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
  answer<change> set(const settings& wanted, const std::string& who) override;

protected:
  answer<tuning_status> run_by(const config& c) override {
    return by_->reconfigure(c);
  }
  void note(const operation& x) override { by_->note(x); }

private:
  std::unique_ptr<engine> by_;
};

} // namespace tuner
