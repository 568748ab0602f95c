#pragma once

#include "app/commands/recorded_control.hpp"
#include "app/commands/served_target.hpp"

namespace tuner {

/// A served target as operators see it.
class served_control final : public recorded_control {
public:
  /// @param target outlives this.
  served_control(
    const config& c, const target_config& which, served_target& target,
    actor_log log);

  std::string name() const override { return target_.name(); }
  tuning_status status() override;
  answer<settings> in_force() override;
  answer<std::vector<history_event>>
  recall(const history_query& which) override;
  answer<std::vector<observation>> series(const series_query& which) override;
  answer<tuning_status> pause(const std::string& who) override;
  answer<tuning_status> resume(const std::string& who) override;
  answer<std::vector<change>>
  rollback(uint32_t steps, const std::string& who) override;
  answer<change> set(const settings& wanted, const std::string& who) override;

protected:
  answer<tuning_status> run_by(const config& c) override {
    return tuner().reconfigure(c);
  }
  void note(const operation& x) override { tuner().note(x); }

private:
  auto_tuner& tuner() { return target_.tuning(); }

  served_target& target_;
};

} // namespace tuner
