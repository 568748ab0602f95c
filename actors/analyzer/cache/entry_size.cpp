#include "actors/analyzer/cache/entry_size.hpp"

#include <cmath>

namespace tuner {

namespace {

constexpr double spread = 1.2;
constexpr double fall_min = 0.02;
constexpr double as_low = 0.01;
constexpr int halvings = 40;

} // namespace

std::optional<held_entries>
entries_held(const miss_ratio_curve& curve, double miss_ratio) {
  auto low = 1.0;
  auto high = curve.distinct_keys();
  if (!(high > low) || !(miss_ratio < curve.miss_ratio(low)))
    return std::nullopt;
  if (miss_ratio <= curve.miss_ratio(high) + as_low)
    return held_entries{high, true};
  for (auto i = 0; i < halvings && high > low * 1.001; ++i) {
    auto middle = std::sqrt(low * high);
    (curve.miss_ratio(middle) > miss_ratio ? low : high) = middle;
  }
  auto fall = curve.miss_ratio(high / spread) - curve.miss_ratio(high * spread);
  return fall >= fall_min ? std::optional{held_entries{high, false}}
                          : std::nullopt;
}

} // namespace tuner
