#pragma once

#include "messages/sample.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace tuner {

/// So much of a foreign host's latencies lay between these, and how is not
/// known: taken to be spread evenly, as `histogram_quantile` of Prometheus
/// takes it.
struct latency_piece {
  double weight = 0; ///< In requests, or a share of them.
  double from_seconds = 0;
  double to_seconds = 0;
};

/// How latencies are spread, as far as the host tells.
struct latency_shape {
  std::vector<latency_piece> pieces;
  std::optional<double> mean_seconds; ///< Where it is told apart.

  /// @returns the sum of the weights.
  double weight() const;
};

/// That a share `q` of latencies is up to so many seconds.
struct known_quantile {
  double q = 0;
  double seconds = 0;
};

/// @returns latencies that have these quantiles, weighing 1 in all: below the
/// first they go down to half of it, and nothing is above the last. Those that
/// are no quantiles are left out; empty where none is left.
latency_shape shape_with(std::vector<known_quantile> known);

/// Fills in `latencies` and `latency_sum` of `x`: its `completed` requests,
/// spread like `shape`, in counts that add up. Where there are few requests,
/// rounding would always lose the tail.
/// @param offset in [0, 1), another one for each sample: over many of them
///   every part then gets its share.
void fill_latencies(sample& x, const latency_shape& shape, double offset);

} // namespace tuner
