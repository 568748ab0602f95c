#pragma once

#include "messages/facts.hpp"

#include <string_view>
#include <vector>

namespace tuner {

/// How a change that did harm is undone (B6).
enum class rollback_strategy : uint8_t {
  full,    ///< Whole and at once.
  gradual, ///< By half, and by half of the rest, each judged; then whole.
  partial, ///< The knob that explains the harm; then the next, and so on.
};

/// @returns the strategy of this name; `full` for one that is none.
rollback_strategy strategy_of(std::string_view name);

/// @param undone a change, from the kept values, that did harm by `how`.
/// @param steps already taken back from where it led.
/// @returns what is left of it to be tried next, from the kept values; nothing
///   if all of it has to go: by the strategy, or since the queue ran away,
///   which leaves no time.
std::vector<knob_move> left_of(
  const change& undone, const verdict& how, rollback_strategy by,
  uint32_t steps);

} // namespace tuner
