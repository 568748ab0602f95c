#include "actors/analyzer/twin/planner.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::twin {

namespace {

/// As little of the objective as a timeout may use up that is chosen while the
/// backlog hides what it does.
constexpr double drained_miss_max = 0.8;
/// Up to so many times the least mean latency counts as the same.
constexpr double same_mean = 1.02;
/// Up to so many times the least cost counts as the same for an unseen size.
constexpr double same_cost = 1.02;

/// As long as it takes until a change shows.
constexpr double soon_seconds = 5;
/// Up to so many times the largest size seen is about as well known.
constexpr double nearly_seen = 1.2;

} // namespace

bool planner::drains_soon(const weighed& x) const {
  auto known = static_cast<double>(x.how.size)
    <= nearly_seen * static_cast<double>(service_.largest_seen);
  auto room = capacity_rps(x.how.size) - here_.rates.forecast;
  return std::isfinite(here_.slo_ms) && x.feasible() && known
    && here_.waiting < soon_seconds * room;
}

weighed planner::drain() {
  trial_load load;
  load.luck = &luck_;
  for (auto age : here_.backlog)
    load.arrivals.push_back(-age);
  auto more = arrivals_.synthesise(here_.rates.forecast, glanced_requests);
  load.arrivals.insert(load.arrivals.end(), more.begin(), more.end());
  std::vector<weighed> tried;
  auto least = std::numeric_limits<double>::infinity();
  for (const auto& x : grid()) {
    if (far_below(x))
      continue;
    auto seen = simulation_.run(load, x);
    weighed here;
    here.how = x;
    here.p95_ms = seen.p95_ms;
    here.cost = seen.busy_workers;
    here.miss = seen.mean_ms;
    tried.push_back(here);
    least = std::min(least, here.miss);
  }
  // Nearly as fast and cheaper is better: it may have to last for a while.
  weighed best;
  best.cost = std::numeric_limits<double>::infinity();
  for (const auto& x : tried)
    if (x.miss <= same_mean * least && x.cost < best.cost)
      best = x;
  return best;
}

weighed planner::with_lasting_timeout(weighed x) {
  if (!std::isfinite(here_.slo_ms))
    return x;
  std::vector<weighed> safe;
  auto least = std::numeric_limits<double>::infinity();
  auto tried = timeouts();
  tried.push_back(x.how.timeout_seconds);
  for (auto timeout : tried) {
    batching how{x.how.size, timeout};
    if (!allowed(how))
      continue;
    if (auto later = glance(how); later.miss <= drained_miss_max) {
      safe.push_back(later);
      least = std::min(least, later.cost);
    }
  }
  auto dearest = unseen(x.how) ? same_cost * least : least;
  std::erase_if(safe, [&](const auto& c) { return c.cost > dearest; });
  auto shortest = std::min_element(
    safe.begin(), safe.end(), [](const auto& a, const auto& b) {
      return a.how.timeout_seconds < b.how.timeout_seconds;
    });
  if (shortest != safe.end())
    x.how = shortest->how;
  return x;
}

} // namespace tuner::twin
