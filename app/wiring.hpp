#pragma once

#include "actors/fleet/fleet.hpp"
#include "app/link/link_params.hpp"
#include "app/pipeline.hpp"
#include "config/config.hpp"

#include <string>

namespace tuner {

/// Translates a config into the parameters of one pipeline's actors. The
/// handles and the state that survives restarts are left to be filled in.
/// @param shared the journal of several targets, of each of which it keeps
///   less; null: the target has its own.
pipeline_params wire(
  const config& c, const target_config& target,
  std::shared_ptr<database> shared = nullptr);

/// @returns the part of it that can change while it runs.
pipeline_settings settings_of(const config& c, const target_config& target);

/// @returns what a group of targets is tuned by.
fleet_params fleet_of(const config& c, const std::string& group);

/// Makes a pipeline, before it starts, a member of a fleet: it tries nothing by
/// itself until the fleet lets it, and tells it what it does. When it runs, the
/// fleet must be told that it joins.
void make_member(pipeline_params& x, const fleet_actor& of);

/// @returns how long a command may take: some reads and writes of the target.
duration patience_of(const config& c);

/// @returns how this process is connected to others.
link_params link_of(const config& c, std::shared_ptr<log_hub> logs);

} // namespace tuner
