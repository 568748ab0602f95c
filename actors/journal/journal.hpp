#pragma once

#include "actors/context.hpp"
#include "actors/journal/downsampler.hpp"
#include "actors/journal/ledger.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace tuner {

struct journal_params {
  ledger_params where;
  std::shared_ptr<database> shared; ///< By several targets; may be null.
  /// Open already, and read by whoever starts the tuner; empty if that failed,
  /// then `problem` says why, and the journal stays off.
  std::shared_ptr<ledger> store;
  std::string problem;
  std::shared_ptr<fact_listener> listener; ///< May be null.
  duration retry = std::chrono::seconds{5};
  duration tidy = std::chrono::seconds{60};
};

struct journal_state {
  static constexpr const char* name = "journal";

  /// More is not kept while nothing can be recorded.
  static constexpr size_t waiting_max = 10'000;

  actor_context context;
  actor_log log;
  journal_params params;
  tuning_status health{tuning_state::enabled, "recording"};
  std::deque<std::function<void(ledger&)>> waiting; ///< To be recorded.
  downsampler series;
  /// Called when the health changes.
  std::function<void(const tuning_status&)> tell_health;
};

/// Records facts. An error of the database switches it off, loudly; what it is
/// told then waits in memory, and is recorded once the database works again.
/// It may block for as long as a disk does: give it a thread of its own.
/// @param tell_health is called when it breaks and when it works again.
journal_actor::behavior_type journal(
  journal_actor::stateful_pointer<journal_state> self, actor_context context,
  journal_params params, std::function<void(const tuning_status&)> tell_health);

} // namespace tuner
