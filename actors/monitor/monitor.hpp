#pragma once

#include "actors/context.hpp"
#include "actors/monitor/window.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

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

  /// @returns how long to wait for the next sample: a period, to the nearest
  /// hundredth of it on the clock, such that the targets of a node wake it up
  /// together, and late samples don't make all later ones late.
  duration until_next_sample(instant now) const {
    auto step = std::max(sample_period / 100, duration{1});
    auto next = now + sample_period + step / 2;
    return next - next.time_since_epoch() % step - now;
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
