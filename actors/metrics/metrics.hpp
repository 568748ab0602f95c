#pragma once

#include "actors/context.hpp"
#include "actors/metrics/exposition.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tuner {

struct metrics_state {
  static constexpr const char* name = "metrics";

  actor_log log;
  std::shared_ptr<exposition> series;
};

/// Shows every fact in Prometheus. `series` outlives the actor, so that a
/// restart resets no counter.
metrics_actor::behavior_type metrics(
  metrics_actor::stateful_pointer<metrics_state> self, actor_context context,
  std::shared_ptr<exposition> series);

} // namespace tuner
