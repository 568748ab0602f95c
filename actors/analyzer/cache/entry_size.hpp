#pragma once

#include "actors/analyzer/cache/miss_ratio_curve.hpp"

#include <optional>

namespace tuner {

/// How many entries a cache seems to hold.
struct held_entries {
  double entries = 0;
  bool or_more = false; ///< All keys fit in; there may be room for more.
};

/// A cache is taken to hold as many entries as an LRU cache with the miss ratio
/// measured at the target would. The size in force divided by them is the size
/// of an entry. As sizes are compared by this entry size, the curve agrees with
/// the measurement at the size in force, and whatever an entry costs beside its
/// value, or a policy near LRU gains or loses, is in it.
///
/// @param miss_ratio of a filled cache, measured over about the accesses the
///   curve knows.
/// @returns all keys, `or_more`, if no more misses were measured than a cache
/// for all of them would have, give or take 0.01. Nothing where the curve is
/// too flat to tell: it must fall by 0.02 between 1 ÷ 1.2 and 1.2 times the
/// entries.
std::optional<held_entries>
entries_held(const miss_ratio_curve& curve, double miss_ratio);

} // namespace tuner
