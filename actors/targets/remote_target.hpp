#pragma once

#include "actors/context.hpp"
#include "actors/targets/clock_offset.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tuner {

struct remote_target_state {
  static constexpr const char* name = "remote target";

  actor_context context;
  target_actor agent; ///< Null while none is there.
  clock_offset clocks;
};

/// A target in another process, for as long as its pipeline lives: agents come
/// and go. Passes everything on to the one that is there, and brings the times
/// of its samples to this clock. Without one every request is refused.
remote_target_actor::behavior_type remote_target(
  remote_target_actor::stateful_pointer<remote_target_state> self,
  actor_context context);

} // namespace tuner
