#pragma once

#include "actors/context.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <random>

namespace tuner {

inline constexpr double made_up_slo_ms = 80;

/// Two knobs: batch size and timeout.
knob_table made_up_knobs();

struct made_up_target_state {
  static constexpr const char* name = "made-up target";

  actor_context context;
  std::mt19937_64 random;
  settings in_force;
  instant closed_at{};
};

/// A target that serves nothing: it makes up what a host with 200 requests/s
/// and batches of 10 ms and 1 ms a request would report.
target_actor::behavior_type made_up_target(
  target_actor::stateful_pointer<made_up_target_state> self,
  actor_context context, uint64_t seed);

} // namespace tuner
