#pragma once

#include <cmath>

namespace tuner::twin {

/// Which way a knob was moved last, and under which load.
struct course {
  int direction = 0; ///< 1 up, -1 down, 0 not known.
  double rate_rps = 0;

  /// @returns the direction as long as the rate is within a tenth of what it
  /// was then: where the load is another, the way may be another.
  int at(double rate) const {
    return std::abs(rate - rate_rps) < 0.1 * rate_rps ? direction : 0;
  }
};

} // namespace tuner::twin
