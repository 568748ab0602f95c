#pragma once

#include <cstdint>

namespace tuner {

/// Everything that can go wrong at run time, as an operator would say it.
enum class ec : uint8_t {
  trial_in_progress = 1, ///< One change at a time: wait for its verdict.
  rollback_in_progress,  ///< Two rollbacks never run at once.
  nothing_to_change,     ///< The target already runs with these values.
  nothing_to_undo,       ///< The history holds no change to undo.
  target_unreachable,    ///< The target gave no answer, or an error.
  superseded,            ///< The trial was ended by something else.
  not_running,           ///< The pipeline is restarting or stopped.
  disabled,              ///< Auto-tuning is disabled.
  journal_off,           ///< Nothing can be recorded, so nothing is changed.
  agent_away,            ///< The target's agent is not connected.
  refused,               ///< The node does not want this agent; it says why.
};

} // namespace tuner
