#pragma once

#include "messages/facts.hpp"

#include <cmath>

namespace tuner::test {

/// What a test says about a window of 100 seconds.
struct window_figures {
  double p95_ms = 600;
  double rps = 20;
  double offered_rps = -1; ///< Below 0: unknown.
  double memory_used_ratio = 0.6;
};

inline observation observed(const window_figures& x, settings in_force = {}) {
  observation result;
  result.opened_at = instant{std::chrono::seconds{1000}};
  result.closed_at = result.opened_at + std::chrono::seconds{100};
  result.completed = static_cast<uint64_t>(std::llround(x.rps * 100));
  if (x.offered_rps >= 0)
    result.offered = std::round(x.offered_rps * 100);
  result.latency_p95 = from_milliseconds(x.p95_ms);
  result.latency_p50 = result.latency_p99 = result.latency_p95;
  result.memory_used_ratio = x.memory_used_ratio;
  result.in_force = std::move(in_force);
  return result;
}

} // namespace tuner::test
