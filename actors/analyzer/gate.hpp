#pragma once

#include "actors/analyzer/freeze.hpp"
#include "messages/facts.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace tuner {

/// May the tuner write to the target?
enum class tuning_mode : uint8_t {
  advise,    ///< Decide, log and export, but write nothing.
  automatic, ///< Decide and write.
};

/// When the analyzer may start a trial (A11, A12, B8).
struct gate_params {
  tuning_mode mode = tuning_mode::automatic;
  duration cool_down = std::chrono::seconds{10}; ///< After each trial.
  uint64_t requests_min = 10;          ///< Fewer in a window are no evidence.
  double load_min_rps = 0;             ///< With less load nothing is decided.
  uint32_t rollbacks_per_hour_max = 3; ///< Then advise only; 0 is no limit.
  duration advice_first = std::chrono::hours{1}; ///< For that long at first.
  std::vector<freeze_window> freezes;
};

/// What the gate remembers.
struct gate_state {
  bool paused = false;
  bool trial_open = false;
  std::optional<instant> last_trial_ended;
  std::deque<instant> rollbacks; ///< Of the last hour, oldest first.
  instant advice_until{};        ///< Advice only until then.
  duration advice_length{};      ///< For that long, the last time.
  std::string journal_off;       ///< Why, or empty: changes are recorded.
  std::string follows;           ///< Whom and why, or empty: decides by itself.
};

/// Notes how a trial ended. With one rollback too many within an hour there is
/// advice only from now on: at first for a while, the next time within a day
/// for six times as long, and so on up to a day. An hour spent on advice alone
/// is no hour: a rollback soon after it is one too many again.
void close_trial(const gate_params& p, gate_state& gate, const verdict& how);

/// An operator lets the tuner go on: whatever stopped it is forgotten.
void reopen(gate_state& gate);

/// @returns why not even an urgent decision may be made at `now`, or nothing.
std::optional<std::string>
stopped_because(const gate_params& p, const gate_state& gate, instant now);

/// @returns why no decision may be made at `now`, or nothing if one may.
std::optional<std::string>
shut_because(const gate_params& p, const gate_state& gate, instant now);

/// @returns why the load is too small to decide anything, or nothing.
std::optional<std::string>
too_quiet_because(const gate_params& p, const observation& seen);

/// @returns whether rollbacks leave advice only at `now` (B8).
bool too_many_rollbacks(const gate_state& gate, instant now);

/// @returns why decisions may only be advice at `now`, or nothing.
std::optional<std::string>
advice_only_because(const gate_params& p, const gate_state& gate, instant now);

} // namespace tuner
