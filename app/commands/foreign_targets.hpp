#pragma once

#include "app/commands/script.hpp"
#include "app/commands/tuned_targets.hpp"

#include <vector>

namespace tuner {

/// The foreign hosts of a config, tuned (E3).
class foreign_targets {
public:
  /// Starts a pipeline for each target of kind `foreign`.
  /// @param where and `by` outlive this.
  foreign_targets(
    const config& c, const std::shared_ptr<log_hub>& logs, runtime& where,
    tuned_targets& by);

  /// Undoes what is unconfirmed, leaves as they were found those that want it,
  /// and ends.
  ~foreign_targets();

  foreign_targets(const foreign_targets&) = delete;
  foreign_targets& operator=(const foreign_targets&) = delete;

  /// Makes the scripted changes that are due.
  /// @returns when the next one is, in seconds after the start; infinity for
  ///   none.
  double follow_scripts(double seconds_after_start);

private:
  duration patience_;
  runtime& where_;
  std::vector<pipeline_actor> pipelines_;
  std::vector<target_actor> targets_;
  std::vector<script> scripts_;
};

/// @returns whether there are such targets.
bool has_foreign_targets(const config& c);

} // namespace tuner
