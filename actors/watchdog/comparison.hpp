#pragma once

#include "actors/watchdog/judge.hpp"

#include <string>

namespace tuner {

/// One figure before and after a change.
struct comparison {
  const char* what;
  double before;
  double after;
};

/// @returns the strictest threshold among the knobs that moved.
double threshold_for(const judge_params& p, const change& what);

/// @returns completed ÷ offered where both windows know what was offered, else
/// completed per second.
comparison throughput(const observation& before, const observation& after);

/// @returns `completed / offered 0.99 -> 1`.
std::string words(const comparison& x);

/// @returns `20 %` for 0.2.
std::string percent(double ratio);

/// @returns `95 % higher`, `5 % lower` or `3.5 times as high` for ln(ratio).
std::string compared(double log_ratio);

/// @returns `95 % higher than it`.
std::string compared_with(double log_ratio, const std::string& it);

/// @returns whether a window holds too few requests to judge by.
bool thin(const observation& x, uint64_t requests_min);

/// @returns whether the window after a change is thin, and not because a host
/// that was offered enough answered nothing: that is evidence.
bool too_early(const observation& after, uint64_t requests_min);

/// @returns in words that the window before a change is thin.
std::string nothing_before(const observation& before);

} // namespace tuner
