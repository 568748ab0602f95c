#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tuner {

/// @returns how many members get a change next: after the canary a fifth of
/// the group, at least one; then all the rest.
/// @param group its members, with the canary. @param number 1: after the
/// canary.
size_t wave_size(size_t group, size_t number);

/// @returns whether a wave went so badly that nobody shall have the change:
/// more than a third of those that had a verdict rolled it back. One out of one
/// is more than a third.
bool stops_rollout(size_t judged, size_t rolled_back);

/// @returns `a, b and c`; from the eighth on only how many.
std::string listed(const std::vector<std::string>& names);

} // namespace tuner
