#pragma once

#include "messages/time.hpp"

#include <cstddef>
#include <vector>

namespace tuner {

/// How a stretch of some seconds differs from what was expected of it: natural
/// logarithms of measured ÷ expected.
struct deviation {
  instant closed_at{};
  double p95 = 0;
  double body = 0; ///< Of the geometric mean of the latencies.
};

/// An estimate and its standard error.
struct estimate {
  double value = 0;
  double error = 0;
};

/// What a change did to latency, in natural logarithms: deviations after it,
/// less those before it.
///
/// With n deviations before and m after, the standard error is
///   SE² = (V / m)(1 + 2 / m) + V0 / n + 0.03²
/// V0 is the long-run variance before, by Newey and West (1987) with a lag of
/// min(12, n / 6), since what disturbs a host lasts longer than a window; it is
/// at least half the plain variance. V is the variance after, at least V0. The
/// factor 1 + 2 / m makes up for a V estimated from few. Where n is small, V0
/// is drawn to what hosts commonly show.
struct effect {
  size_t before = 0; ///< n.
  size_t after = 0;  ///< m.
  estimate p95;
  estimate body;
  double share_up = 0; ///< Of those after: above those before by half of the
                       ///< tolerated ratio.
  bool all_up = false;

  /// @returns whether the change did harm, beyond doubt by what was seen: p95
  /// is surely worse, and latency as a whole a little; or p95 is worse by all
  /// that was seen, and latency as a whole surely.
  bool suspicious(double tolerated_log) const;

  /// @returns whether harm can be ruled out, of p95 and of latency as a whole.
  bool harmless(double tolerated_log) const;

  /// @returns whether latency as a whole is surely no worse, and p95 not by all
  /// that was seen. Where one request in fifty meets a hiccup, a p95 is by luck
  /// beside them or among them, and never sure.
  bool probably_harmless(double tolerated_log) const;
};

/// @param tolerated_log ln(1.2) where 20 % are tolerated.
effect compare(
  const std::vector<deviation>& before, const std::vector<deviation>& after,
  double tolerated_log);

/// @returns the long-run variance of a series by Newey and West with this lag,
/// at least half its plain variance; 0 for less than two values.
double long_run_variance(const std::vector<double>& x, size_t lag);

} // namespace tuner
