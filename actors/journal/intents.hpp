#pragma once

#include "actors/context.hpp"
#include "actors/journal/ledger.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace tuner {

struct intents_state {
  static constexpr const char* name = "intents";

  actor_log log;
  ledger_params where;
  std::optional<ledger> store; ///< Empty: not open yet, or it failed.
};

/// Records what is about to be written, on a connection of its own, so that no
/// change waits for what else the journal does. In memory there is nothing to
/// record: it would be lost with the change. An error is the answer; the next
/// request tries again.
/// @param off why nothing can be recorded at all, or empty.
intents_actor::behavior_type intents(
  intents_actor::stateful_pointer<intents_state> self, actor_context context,
  ledger_params where, std::string off);

} // namespace tuner
