#pragma once

#include "actors/context.hpp"
#include "actors/targets/knob_ports.hpp"
#include "actors/targets/process_stats.hpp"
#include "messages/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace tuner {

/// What a host in this process is reached by.
struct callback_target_params {
  host callbacks;
  knob_table knobs;
  /// Returns what was counted since the last call: the counting fields.
  std::function<sample()> take;
  /// Figures where the host has no callback for them.
  process_figures process = {};
  /// Once true, no callback is called any more.
  std::shared_ptr<std::atomic<bool>> closed =
    std::make_shared<std::atomic<bool>>(false);
  /// Returns whether the host was started anew since the last call: then it is
  /// told its settings again. Called before `take`; empty: it ends with us.
  std::function<bool()> restarted = {};
  /// A sample that says nothing is none: the host can't be watched just now.
  bool may_have_no_data = false;
  /// Told to end, it gives the host the settings back that it found.
  bool restore_on_exit = false;
};

struct callback_target_state {
  static constexpr const char* name = "target";

  actor_context context;
  actor_log log;
  std::optional<knob_ports> knobs;
  callback_target_params params;
  instant opened_at{};       ///< Of the sample that is being gathered.
  instant in_force_since{};  ///< Last change of the settings.
  instant process_read_at{}; ///< The figures below, between two samples.
  reading cpu_seconds;       ///< Of the process since its start.
  reading cpu_cores;         ///< Busy on average since the reading before.
  reading memory_mib;
  reading memory_used_ratio;
  uint64_t lease = 0;          ///< Number of the last one; older ones are void.
  duration silence{};          ///< That ends it.
  instant lease_ends{};        ///< However many samples are taken.
  instant heard_at{};          ///< Last sample taken, or provisional write.
  bool renewal_due = false;    ///< The host was started anew, and not told yet.
  std::string renewal_problem; ///< That the log tells of.
  std::set<std::string> complained; ///< Figures whose callback threw.
};

/// A serving host in this process. Its callbacks may block, and it with them:
/// see `clock_kind::real`.
target_actor::behavior_type callback_target(
  target_actor::stateful_pointer<callback_target_state> self,
  actor_context context, callback_target_params params);

} // namespace tuner
