#pragma once

#include "actors/applier/history.hpp"
#include "actors/applier/strategy.hpp"
#include "actors/context.hpp"
#include "actors/journal/intent_slot.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace tuner {

/// How patient the applier is.
struct applier_params {
  duration host_timeout = std::chrono::seconds{2}; ///< Per read or write.
  duration silence = std::chrono::seconds{10};     ///< Then the target undoes.
  duration verdict_timeout = std::chrono::minutes{2}; ///< Then undo.
  rollback_strategy strategy = rollback_strategy::full;
  /// By knob: how long a change of it takes to show what it is worth.
  std::map<std::string, duration> settle_by_knob;
  /// What a predecessor in another process confirmed last: where to start.
  settings resume_from;

  /// @returns when a change shows what it is worth: as its policy says, or
  /// later where one of its knobs takes longer.
  duration settle_for(const proposal& x) const {
    auto result = x.settle;
    for (const auto& move : x.moves)
      if (auto i = settle_by_knob.find(move.knob); i != settle_by_knob.end())
        result = std::max(result, i->second);
    return result;
  }

  /// @returns how long a write may stay unconfirmed at the target.
  /// @param settle of the change, which its verdict waits for.
  lease lease_for(duration settle = {}) const {
    return {silence, verdict_timeout + 4 * host_timeout + settle};
  }
};

struct applier_state {
  static constexpr const char* name = "applier";

  /// What it is doing. Commands that don't fit are refused.
  enum class phase : uint8_t { starting, idle, writing, watching, undoing };

  /// The answer that a trial owes: one of them is pending.
  struct replies {
    caf::typed_response_promise<change> applied;
    caf::typed_response_promise<verdict> judged;
  };

  actor_context context;
  actor_log log;
  applier_params params;
  target_actor target;
  watchdog_actor watchdog;
  metrics_actor metrics;
  std::shared_ptr<intent_slot> intents; ///< Null: nothing outlives the process.
  journal_actor journal;
  std::string journal_off;            ///< Why, or empty: changes are recorded.
  std::shared_ptr<history> past;      ///< Outlives the actor.
  std::optional<applier_params> next; ///< From the next trial on.
  phase doing = phase::starting;
  change trial; ///< The change on trial while `watching` and `undoing`.
  std::optional<instant> switched_back; ///< The old settings are back since
                                        ///< then, for a look at them.
  std::vector<change> cut_short; ///< Unconfirmed ones before it, oldest first.
  replies owed;                  ///< Of the trial.
  uint32_t steps_back = 0;       ///< Since the change that was proposed.
  std::optional<verdict> first;  ///< On that change, told once all is over.
};

/// Tries proposals on the target, one at a time, and undoes those that fail.
/// Starts by putting back whatever was left unconfirmed by a predecessor. Ends
/// itself, loudly, when it can't say what the target runs with. What it answers
/// is in the journal before it does; so is what it is about to write.
applier_actor::behavior_type applier(
  applier_actor::stateful_pointer<applier_state> self, actor_context context,
  applier_params params, target_actor target, watchdog_actor watchdog,
  metrics_actor metrics, std::shared_ptr<intent_slot> intents,
  journal_actor journal, std::shared_ptr<history> past);

} // namespace tuner
