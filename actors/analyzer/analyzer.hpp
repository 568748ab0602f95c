#pragma once

#include "actors/analyzer/learned.hpp"
#include "actors/analyzer/registry.hpp"
#include "actors/context.hpp"
#include "actors/monitor/window.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tuner {

/// How decisions are made.
struct analyzer_params {
  policy_params policy;
  gate_params gate;
  blame_params blame;
  knob_table knobs;
};

struct analyzer_state {
  static constexpr const char* name = "analyzer";

  actor_context context;
  actor_log log;
  analyzer_params params;
  knob_table knobs; ///< Without those that stand down.
  applier_actor applier;
  metrics_actor metrics;
  journal_actor journal;
  std::shared_ptr<learned> memory; ///< Outlives the actor.
  std::vector<memo> noted;         ///< Of it, what the journal knows.
  uint32_t notes = 0;              ///< How often it was noted regularly.
  std::unique_ptr<policy> decide_by;
  bool rolled_back_much = false;     ///< And said so.
  bool frozen = false;               ///< And said so.
  uint64_t trials = 0;               ///< Begun; the last one may be open.
  std::optional<sample_ring> recent; ///< Evidence for what can't wait.
  std::string last_reason; ///< Of the last analysis, so as not to repeat it.
};

/// Turns observations into proposals and has them tried, one at a time.
/// @param memory what predecessors have learned.
analyzer_actor::behavior_type analyzer(
  analyzer_actor::stateful_pointer<analyzer_state> self, actor_context context,
  analyzer_params params, applier_actor applier, metrics_actor metrics,
  journal_actor journal, std::shared_ptr<learned> memory);

} // namespace tuner
