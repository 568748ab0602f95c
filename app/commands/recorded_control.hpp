#pragma once

#include "actors/log/actor_log.hpp"
#include "app/admin/target_control.hpp"
#include "config/config.hpp"

#include <chrono>
#include <mutex>

namespace tuner {

/// What operators control has in common: it tells by what it is tuned, and
/// records who used which command.
class recorded_control : public target_control {
public:
  target_setup setup() const override;
  answer<tuning_status> reconfigure(const config& c) override;

protected:
  recorded_control(const config& c, target_config which, actor_log log);

  const std::string& target_name() const { return which_.name; }

  virtual answer<tuning_status> run_by(const config& c) = 0;
  virtual void note(const operation& x) = 0;

  /// Logs what became of a command, and records it if it was carried out.
  template <class T>
  answer<T>
  noted(const std::string& what, const std::string& who, answer<T> done) {
    log_(
      done ? log_level::info : log_level::warning, what, " by ", who,
      done ? "" : " refused: ", done.refusal);
    if (done)
      note({instant{std::chrono::system_clock::now()}, who, what});
    return done;
  }

private:
  target_config which_;
  actor_log log_;
  mutable std::mutex mutex_;
  target_setup setup_; ///< Under the mutex.
};

} // namespace tuner
