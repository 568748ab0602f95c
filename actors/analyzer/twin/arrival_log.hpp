#pragma once

#include "actors/monitor/packed_numbers.hpp"
#include "messages/sample.hpp"

#include <deque>
#include <vector>

namespace tuner::twin {

/// When requests arrived in the last 40 seconds, or 40,000 of them, to the
/// microsecond and in two bytes or so each. Times are seconds on the samples'
/// clock.
class arrival_log {
public:
  /// Adds those of a sample. Starts afresh where the clock was set back or a
  /// sample names none.
  void add(const sample& x);

  /// All arrivals between the two are known: up to the end of the newest
  /// sample, unless that left some out.
  double complete_since() const { return complete_since_; }
  double complete_until() const { return complete_until_; }

  /// @returns arrivals at `time` or later, and some before it, at least one if
  /// any is known; ascending.
  std::vector<double> around(double time) const;

  /// @returns the arrival that has `later` others after it, the oldest known at
  /// most. There must be one.
  double before_last(size_t later) const;

  bool empty() const { return stretches_.empty(); }

private:
  /// The arrivals of one sample; at least one.
  struct stretch {
    double opened_at = 0;
    double last = 0;
    size_t count = 0;
    packed_numbers gaps_us; ///< The first since `opened_at`.

    void append_to(std::vector<double>& result) const;
  };

  void forget(double complete_since);
  void note(const sample& x, double opened);
  void trim();

  std::deque<stretch> stretches_;
  size_t count_ = 0;
  double complete_since_ = 0;
  double complete_until_ = 0;
  double now_ = 0; ///< 0: there was no sample yet.
};

} // namespace tuner::twin
