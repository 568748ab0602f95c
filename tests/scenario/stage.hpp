#pragma once

#include "app/rehearsal.hpp"

#include <algorithm>

namespace tuner::test {

using namespace std::chrono_literals;

constexpr steady_traffic calm{20, 500ms};   ///< The threshold rule holds.
constexpr steady_traffic slower{20, 650ms}; ///< 30 % worse than `calm`.

/// The defaults, enabled, deciding and judging by the threshold rules.
inline config threshold_config() {
  config result;
  result.tuner.enabled = true;
  result.tuner.policy = "threshold";
  result.tuner.judge = "threshold";
  result.tuner.cool_down_seconds = 60;
  return result;
}

inline proposal by_hand(std::vector<knob_move> moves) {
  proposal result;
  result.moves = std::move(moves);
  result.reason = "by hand";
  return result;
}

inline proposal batch_to(double value) {
  return by_hand({{knob::batch_size, 0, value, "by hand"}});
}

inline std::vector<history_event> history_of(rehearsal& on) {
  auto result = on.ask<std::vector<history_event>>(history_atom_v);
  return result ? *result : std::vector<history_event>{};
}

inline tuning_status status_of(rehearsal& on) {
  auto result = on.ask<tuning_status>(status_atom_v);
  return result ? *result : tuning_status{};
}

/// @returns how many log lines contain `text`.
inline long logged(const rehearsal& on, std::string_view text) {
  return std::count_if(on.log.begin(), on.log.end(), [&](const auto& line) {
    return line.find(text) != std::string::npos;
  });
}

/// Plays a host at which the rule always wants smaller batches, which always
/// make it slower.
inline void tempt(rehearsal& on, duration length) {
  for (auto left = length; left > 0s; left -= 1s) {
    auto smaller = on.host_runs_with[knob::batch_size] < 32;
    on.play(1s, {15, smaller ? 3000ms : 1800ms});
  }
}

/// @returns whether the knobs are as they were at the start.
inline bool at_start(const rehearsal& on) {
  return on.host_runs_with == standard_knobs({}).initial();
}

} // namespace tuner::test
