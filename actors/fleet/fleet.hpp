#pragma once

#include "actors/context.hpp"
#include "actors/fleet/band.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tuner {

struct fleet_params {
  std::string group;
  /// A member answers what it was asked to try within this: longer than its
  /// longest trial.
  duration patience = std::chrono::minutes{3};
  duration look_period = std::chrono::seconds{1};
  duration report_period = std::chrono::seconds{5};
  duration hardware_period = std::chrono::seconds{60};
};

struct fleet_state {
  static constexpr const char* name = "fleet";

  actor_context context;
  actor_log log;
  fleet_params params;
  std::map<std::string, pipeline_actor> pipelines; ///< By member.
  /// The first is the group; the others have other hardware.
  std::vector<std::unique_ptr<band>> bands;
};

/// Has the targets of one group share settings: gathers what its members
/// report, lets a band decide, and tells their pipelines.
fleet_actor::behavior_type fleet(
  fleet_actor::stateful_pointer<fleet_state> self, actor_context context,
  fleet_params params);

/// @returns what tells the fleet what a member did, and `other` as well, which
/// may be null.
std::shared_ptr<fact_listener>
tells_fleet(const fleet_actor& to, std::shared_ptr<fact_listener> other);

} // namespace tuner
