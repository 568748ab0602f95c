#pragma once

#include "actors/context.hpp"
#include "actors/monitor/window.hpp"
#include "actors/watchdog/peer_judge.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace tuner {

/// When changes are judged, and by what.
struct watchdog_params {
  duration check_delay = std::chrono::seconds{30};
  uint32_t extensions_max = 2; ///< More checks while the evidence is thin.
  judge_params judge;

  /// @returns how long a trial may last.
  duration longest_trial() const { return check_delay * (1 + extensions_max); }
};

struct watchdog_state {
  static constexpr const char* name = "watchdog";

  struct trial {
    change what;
    observation before; ///< Wholly before it.
    uint32_t extensions = 0;
    uint32_t extensions_max = 0;
    bool open = true; ///< Not ended yet.
    /// Who waits for a verdict: nobody while settings are being moved.
    std::optional<caf::typed_response_promise<verdict>> reply;
  };

  actor_context context;
  actor_log log;
  watchdog_params params;
  std::unique_ptr<peer_judge> judged_by;
  std::optional<sample_ring> samples;
  std::optional<trial> last;           ///< The last change, on trial or judged.
  std::optional<watchdog_params> next; ///< To judge the next trial by.
};

/// Judges each change by what happened before and after it: one delayed check
/// per change, and further ones while the evidence is thin. Its judge may look
/// after each sample too, and ask for a switchback.
watchdog_actor::behavior_type watchdog(
  watchdog_actor::stateful_pointer<watchdog_state> self, actor_context context,
  watchdog_params params);

} // namespace tuner
