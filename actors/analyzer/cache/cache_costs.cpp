#include "actors/analyzer/cache/cache_costs.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tuner {

namespace {

constexpr std::size_t sizes = 200;
constexpr double as_good_ratio = 1.005;

/// A size in MiB and its cost in busy workers.
struct priced_size {
  double size_mib = 0;
  double workers = 0;
};

} // namespace

double cheapest_size(
  const cache_model& model, const size_bounds& within, double present_mib) {
  auto present = std::clamp(present_mib, within.min_mib, within.max_mib);
  if (!(within.max_mib > within.min_mib))
    return present;
  std::array<priced_size, sizes + 1> all;
  // Ratios need a size to start from: a knob may begin at 0.
  auto from = std::max(within.min_mib, within.max_mib * 1e-6);
  auto ratio = std::log(within.max_mib / from) / (sizes - 1);
  for (std::size_t i = 0; i < sizes; ++i) {
    auto size = from * std::exp(ratio * static_cast<double>(i));
    size = std::clamp(size, within.min_mib, within.max_mib);
    all[i] = {size, model.cost_at(size)};
  }
  all.back() = {present, model.cost_at(present)};
  auto cheapest =
    std::min_element(all.begin(), all.end(), [](const auto& x, const auto& y) {
      return x.workers < y.workers;
    });
  auto best = *cheapest;
  for (auto& x : all)
    if (
      x.workers <= cheapest->workers * as_good_ratio
      && std::abs(x.size_mib - present) < std::abs(best.size_mib - present))
      best = x;
  return best.size_mib;
}

} // namespace tuner
