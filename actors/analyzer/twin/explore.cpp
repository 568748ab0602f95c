#include "actors/analyzer/twin/twin.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::twin {

namespace {

/// What trying larger batches must promise, how much larger they may be, how
/// long all must have been quiet before, and how often that is looked into.
constexpr double hoped_gain = 0.02;
constexpr double hoped_growth = 1.3;
constexpr auto quiet = std::chrono::seconds{60};
constexpr uint64_t steps_min = 30; ///< A minute.
constexpr auto hopes_apart = std::chrono::minutes{5};

} // namespace

/// What is known of sizes above the present one may be blurred by a knee, and
/// isn't refreshed as long as they are not used.
/// @returns the settings with somewhat larger batches that would gain most if
/// the curve went on as it does up to the present size, where batches don't
/// show otherwise, and that meet the objective by all that is known.
std::optional<weighed> twin_policy::hoped_for(const situation& here) {
  if (
    here.bounds.size_fixed || challenger_ || !std::isfinite(here.slo_ms)
    || traffic_.steps() < steps_min || now_ - changed_at_ < quiet
    || now_ - hoped_at_ < hopes_apart)
    return {};
  hoped_at_ = now_;
  auto n = here.current.size;
  auto largest = std::min(
    here.bounds.size_max,
    static_cast<size_t>(std::ceil(hoped_growth * static_cast<double>(n))));
  auto hope = model_.hoped_beyond(n);
  planner hoping{hope, traffic_, here, normal_};
  auto current = hoping.confirmed(here.current);
  auto best = current;
  auto step = std::max<size_t>(1, n / 64); // At most twenty, or it takes long.
  for (auto to = here.current; to.size + step <= largest;) {
    to.size += step;
    if (auto x = hoping.confirmed(to); x.feasible() && x.cost < best.cost)
      best = x;
  }
  if (gain(best, current, here) < hoped_gain)
    return {};
  auto table = model_.table();
  auto expected = planner{table, traffic_, here, normal_}.confirmed(best.how);
  return expected.feasible() ? std::optional{expected} : std::nullopt;
}

} // namespace tuner::twin
