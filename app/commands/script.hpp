#pragma once

#include "actors/log/actor_log.hpp"
#include "config/config.hpp"
#include "messages/answer.hpp"
#include "messages/facts.hpp"

#include <functional>

namespace tuner {

/// The scripted changes of one target.
class script {
public:
  /// @param change_to tries a proposal.
  script(
    const target_config& of, const std::shared_ptr<log_hub>& logs,
    std::function<answer<change>(const proposal&)> change_to);

  /// Makes the changes that are due.
  /// @returns when the next one is, in seconds after the start; infinity for
  ///   none.
  double follow(double seconds_after_start);

private:
  std::vector<std::pair<double, settings>> lines_;
  std::size_t done_ = 0; ///< Of these.
  actor_log log_;
  std::function<answer<change>(const proposal&)> change_to_;
};

} // namespace tuner
