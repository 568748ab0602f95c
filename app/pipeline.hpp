#pragma once

#include "actors/analyzer/analyzer.hpp"
#include "actors/applier/applier.hpp"
#include "actors/journal/journal.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/monitor/monitor.hpp"
#include "actors/watchdog/watchdog.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <optional>

namespace tuner {

/// The five actors of one pipeline, and the journal that they write to.
struct pipeline_parts {
  metrics_actor shower;
  watchdog_actor dog;
  applier_actor hand;
  analyzer_actor brain;
  monitor_actor eyes;
  journal_actor book; ///< Survives the five.
};

/// What the actors of a pipeline run by, and what may change meanwhile.
struct pipeline_settings {
  monitor_params monitor;
  analyzer_params analyzer;
  applier_params applier;
  watchdog_params watchdog;
};

/// One target's tuner.
struct pipeline_params : pipeline_settings {
  target_actor target;
  journal_params journal;
  bool journal_has_thread = false;    ///< Of its own: it may wait for a disk.
  std::shared_ptr<exposition> series; ///< Survives restarts, like the next two.
  std::shared_ptr<history> past;
  std::shared_ptr<intent_slot> intents; ///< Null without a journal's file.
  std::shared_ptr<learned> memory;
  bool paused = false; ///< From the start.
  /// As a member of a group: why it tries nothing by itself, from the start.
  std::optional<std::string> follows;
  /// Told after each start which actors run: to inspect them. May be empty.
  std::function<void(const pipeline_parts&)> started;
};

struct pipeline_state {
  static constexpr const char* name = "pipeline";

  actor_context context;
  actor_log log;
  pipeline_params params;
  journal_actor journal; ///< Not one of the five: it survives them.
  tuning_status journal_health{tuning_state::enabled, {}};
  /// Empty while restarting or stopped. Shared with what ends them when the
  /// pipeline itself dies.
  std::shared_ptr<std::optional<pipeline_parts>> parts =
    std::make_shared<std::optional<pipeline_parts>>();
  std::deque<instant> deaths; ///< Recent ones, oldest first.
  std::string last_death;     ///< Who died, and why.
  std::string away;           ///< Why the target can't be reached, or empty.
  bool paused = false;        ///< Survives restarts, like the next.
  std::optional<std::string> follows; ///< Nothing: in no group.
  bool stopping = false;
  caf::actor_addr hand;             ///< Of the present or last applier.
  std::function<void()> after_hand; ///< To be done when it has ended.
};

/// Runs the five actors and passes commands on to them. When one dies, the
/// target goes back to its last kept settings and all five start again, after
/// a pause that doubles with each death; meanwhile, and after three deaths in
/// ten minutes, the status is `degraded`.
pipeline_actor::behavior_type pipeline(
  pipeline_actor::stateful_pointer<pipeline_state> self, actor_context context,
  pipeline_params params);

} // namespace tuner
