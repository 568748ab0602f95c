#pragma once

#include "actors/analyzer/cache/miss_ratio_curve.hpp"

namespace tuner {

/// What a cache costs, in busy workers: its memory at its price, and the work
/// of its misses.
struct cache_costs {
  double memory_workers_per_mib = 0;
  double miss_workers = 0; ///< If every access missed: rate × work of a miss.

  /// @param size_mib MiB. @param miss_ratio in [0, 1].
  double at(double size_mib, double miss_ratio) const {
    return memory_workers_per_mib * size_mib + miss_workers * miss_ratio;
  }
};

/// From where to where a cache may be sized, in MiB.
struct size_bounds {
  double min_mib = 0;
  double max_mib = 0;
  double step_mib = 0; ///< Sizes are that far apart; 0: any.
};

/// How a cache and the curve of its target hang together.
struct cache_model {
  const miss_ratio_curve& curve;
  double entries_per_mib = 0;
  cache_costs costs;

  double hit_ratio_at(double size_mib) const {
    return 1 - curve.miss_ratio(size_mib * entries_per_mib);
  }
  double cost_at(double size_mib) const {
    return costs.at(size_mib, 1 - hit_ratio_at(size_mib));
  }
};

/// @returns where the next MiB no longer pays: of 200 sizes in equal ratios
/// within the bounds, and the present one, the nearest to the present one that
/// costs at most 0.5 % more than the cheapest.
double cheapest_size(
  const cache_model& model, const size_bounds& within, double present_mib);

} // namespace tuner
