#pragma once

#include "actors/watchdog/effect.hpp"
#include "messages/facts.hpp"
#include "messages/sample.hpp"

#include <map>
#include <string>
#include <vector>

namespace tuner {

/// Knows what a target would do on the settings before the change on trial, and
/// compares it with what it does.
class meter {
public:
  virtual ~meter() = default;

  virtual void watch(const sample& x) = 0;

  /// A trial begins. @returns whether enough is known to measure it.
  virtual bool begin(const change& what) = 0;

  /// The trial ended.
  virtual void end(outcome how) = 0;

  /// @returns deviations before the change, on the same settings.
  virtual std::vector<deviation> before() const = 0;

  /// @returns deviations of the samples that lie wholly in here.
  virtual std::vector<deviation> between(instant from, instant to) const = 0;

  /// @returns how many requests would wait or be served now on the old
  /// settings.
  virtual reading expected_pending() const { return {}; }

  /// @returns the share of the requests offered in here that the old settings
  /// would have completed.
  virtual reading expected_served(instant /*from*/, instant /*to*/) const {
    return {};
  }

  /// @returns busy time in here ÷ that on the old settings.
  virtual reading cost_ratio(instant /*from*/, instant /*to*/) const {
    return {};
  }

  /// @returns of each knob that explains harm by itself, how much worse it
  /// would make p95 on the old settings.
  virtual std::map<std::string, double>
  p95_ratio_by_knob(const change& /*what*/) const {
    return {};
  }

  /// Gives back the memory of what was worked out for these answers. Asked
  /// again, it is worked out again.
  virtual void rest() {}

  /// @returns whether it knows throughput alone: deviations are those of its
  /// inverse then, and latencies and their objective say nothing.
  virtual bool by_throughput() const { return false; }

  /// @returns in words what is compared with: `on the old settings with the
  /// same traffic`.
  virtual const char* yardstick() const = 0;
};

/// A window is as long as it takes for its p95 to mean something.
inline constexpr double window_seconds_min = 2;
inline constexpr uint64_t window_completed_min = 20;

} // namespace tuner
