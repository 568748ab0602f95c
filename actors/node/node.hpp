#pragma once

#include "actors/context.hpp"
#include "messages/enrolment.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <memory>

namespace tuner {

struct node_params {
  std::string name; ///< How it calls itself to agents.
  /// Compares with the secret, in constant time.
  std::function<bool(const std::string& token)> knows;
  /// Starts the pipeline of a target that is reached by `target`.
  /// @throws std::exception if that can't be: why.
  std::function<pipeline_actor(const enrolment&, const target_actor& target)>
    start;
  uint64_t targets_max = 4096;
};

struct node_state {
  static constexpr const char* name = "node";

  /// One target, for as long as the node runs.
  struct enrolled {
    pipeline_actor pipeline;
    remote_target_actor target; ///< That the pipeline knows.
    caf::actor_addr agent;      ///< Null while it is away.
    uint64_t process = 0;       ///< Its present or last one.
    knob_table knobs;
    std::string group;
  };

  actor_context context;
  actor_log log;
  node_params params;
  using by_name = std::map<std::string, enrolled>;
  /// Shared with what ends them when the node itself dies.
  std::shared_ptr<by_name> targets = std::make_shared<by_name>();
};

/// Tunes the targets of many agents: one pipeline each, started when the agent
/// enrolls for the first time, parked while it is away. Whoever comes with
/// another version, a wrong token or the name of an agent that is here is
/// refused, and told why.
node_actor::behavior_type node(
  node_actor::stateful_pointer<node_state> self, actor_context context,
  node_params params);

} // namespace tuner
