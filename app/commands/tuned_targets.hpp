#pragma once

#include "actors/journal/database.hpp"
#include "app/commands/public_face.hpp"
#include "app/commands/tuned_control.hpp"
#include "app/runtime.hpp"
#include "messages/interfaces.hpp"

#include <map>
#include <mutex>

namespace tuner {

/// Targets that are tuned in one actor system and recorded in one journal, and
/// how operators control them. Pipelines are ended by whoever started them.
class tuned_targets {
public:
  /// @param face and `where` outlive this.
  tuned_targets(const config& c, public_face& face, runtime& where);

  /// Starts the pipeline of a target that is reached by `target`.
  /// @param group that it is a member of; null: none.
  pipeline_actor start(
    const config& c, const target_config& which, const target_actor& target,
    const fleet_actor& group = {});

  /// @returns the newest of each name.
  std::vector<target_control*> controls();

private:
  public_face& face_;
  runtime& where_;
  std::shared_ptr<database> journal_;
  std::mutex mutex_;
  /// By name; those that were replaced come first.
  std::multimap<std::string, std::unique_ptr<tuned_control>> controls_;
};

} // namespace tuner
