#pragma once

#include "messages/sample.hpp"

#include <deque>

namespace tuner::climb {

/// How the load has been moving, whatever the settings: requests offered (or
/// completed, where that is not reported) in steps of 10 s, for ten minutes.
class load_trend {
public:
  void push(const sample& x);

  /// @returns by which share of itself the load grows per second, from a line
  /// through the last minute; 0 unless it is over three standard errors.
  double growth_per_second() const;

  /// @returns the largest load (a mean over 10 s), in requests per second;
  /// 0 before the first.
  double peak_rps() const;

  /// @returns the last load; 0 before the first.
  double now_rps() const;

private:
  std::deque<double> steps_; ///< Requests per second, oldest first.
  double requests_ = 0;      ///< Of the step that is being counted.
  double seconds_ = 0;
};

} // namespace tuner::climb
