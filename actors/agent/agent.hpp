#pragma once

#include "actors/agent/redial_pauses.hpp"
#include "actors/context.hpp"
#include "messages/enrolment.hpp"
#include "messages/interfaces.hpp"

#include <caf/io/middleman_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tuner {

/// Who tunes the target, and how to reach that.
struct agent_params {
  std::string host;
  uint16_t port = 0;
  enrolment hello;
  target_actor target; ///< In this process.
  caf::io::middleman_actor network;
  duration patience = std::chrono::seconds{10}; ///< Per step of a connect.
};

struct agent_state {
  static constexpr const char* name = "agent";

  actor_context context;
  actor_log log;
  agent_params params;
  redial_pauses pauses{0};
  registrar_actor node; ///< Null while there is none.
  bool enrolled = false;
  std::string trouble = "dialing"; ///< Why there is no node.
};

/// Has a target of this process tuned by a node in another one: dials it,
/// enrolls, and does so again, after a pause, whenever the node is lost. The
/// node reaches the target by itself from then on; what nobody confirms, the
/// target undoes.
agent_actor::behavior_type agent(
  agent_actor::stateful_pointer<agent_state> self, actor_context context,
  agent_params params);

} // namespace tuner
