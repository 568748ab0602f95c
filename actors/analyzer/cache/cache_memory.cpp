#include "actors/analyzer/cache/cache_memory.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

bool positive(reading x) {
  return x && std::isfinite(*x) && *x > 0;
}

} // namespace

std::optional<double> size_at(const cache_memory& x, double ratio) {
  if (!positive(x.used_ratio))
    return std::nullopt;
  auto filled = std::min(x.filled_mib, x.cache_mib);
  auto result = filled * ratio / *x.used_ratio;
  if (positive(x.used_mib)) {
    auto cached = std::min(filled, *x.used_mib);
    result = *x.used_mib * (ratio / *x.used_ratio - 1) + cached;
  }
  return std::isfinite(result) ? std::optional{result} : std::nullopt;
}

} // namespace tuner
