#pragma once

#include "actors/log/actor_log.hpp"
#include "app/admin/target_control.hpp"
#include "config/config.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tuner {

/// Reads the config of a running service again (E6). Thread-safe.
class reloader {
public:
  /// @param file is where `now` was read.
  reloader(
    std::string file, config now, target_list targets,
    std::shared_ptr<log_hub> logs);

  /// Has the targets and the log run by what the file says now: all of it, or
  /// nothing where it has an error or something that can't change.
  /// @param who asked for it.
  /// @returns the paths of what changed.
  answer<std::vector<std::string>> reload(const std::string& who);

  /// @returns by what everything runs.
  config present();

private:
  answer<std::vector<std::string>> take_over();

  std::string file_;
  target_list targets_;
  std::shared_ptr<log_hub> logs_;
  actor_log log_;
  std::mutex mutex_;
  config now_; ///< Under the mutex.
};

} // namespace tuner
