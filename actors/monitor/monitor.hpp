#pragma once

#include "actors/context.hpp"
#include "actors/monitor/window.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tuner {

/// How a target is watched.
struct monitor_params {
  duration sample_period = std::chrono::seconds{1};
  duration window = std::chrono::seconds{300};     ///< Longest observation.
  duration interval = std::chrono::seconds{60};    ///< Between observations.
  duration host_timeout = std::chrono::seconds{2}; ///< For one sample.
  double phase = 1; ///< Share of an interval before the first observation.

  /// @returns when the first observation is due, for one who begins at `now`.
  instant first_after(instant now) const {
    return now + from_seconds(phase * seconds(interval));
  }
};

struct monitor_state {
  static constexpr const char* name = "monitor";

  actor_context context;
  actor_log log;
  monitor_params params;
  target_actor target;
  watchdog_actor watchdog;
  analyzer_actor analyzer;
  metrics_actor metrics;
  journal_actor journal;
  std::optional<sample_ring> samples;
  instant next_observation{};
  bool asking = false;   ///< A sample is on its way.
  bool silent = false;   ///< The last one did not come.
  bool changing = false; ///< The settings changed within the last one.
};

/// Takes a sample each period and passes it on; closes a window each interval
/// and tells what was seen in it. A target that gives no answer makes empty
/// windows, never a stop.
monitor_actor::behavior_type monitor(
  monitor_actor::stateful_pointer<monitor_state> self, actor_context context,
  monitor_params params, target_actor target, watchdog_actor watchdog,
  analyzer_actor analyzer, metrics_actor metrics, journal_actor journal);

} // namespace tuner
