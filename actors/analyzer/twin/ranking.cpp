#include "actors/analyzer/twin/planner.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::twin {

namespace {

/// Up to so many times the least p95 counts as the same.
constexpr double same_p95 = 1.02;
/// Up to so many times the least cost counts as the same for an unseen size.
constexpr double same_price = 1.01;
/// Sizes below a third of all seen are far from them, unless these are small.
constexpr size_t times_down = 3;
constexpr size_t small = 24;

} // namespace

void planner::sort(std::vector<weighed>& x) const {
  if (!std::isfinite(here_.slo_ms)) {
    auto least = std::numeric_limits<double>::infinity();
    for (const auto& c : x)
      least = std::min(least, c.delay());
    std::stable_sort(x.begin(), x.end(), [&](const auto& a, const auto& b) {
      auto near_a = a.delay() <= same_p95 * least;
      auto near_b = b.delay() <= same_p95 * least;
      if (near_a != near_b)
        return near_a;
      return near_a ? a.price() < b.price() : a.delay() < b.delay();
    });
    return;
  }
  std::stable_sort(x.begin(), x.end(), [&](const auto& a, const auto& b) {
    if (a.feasible() != b.feasible())
      return a.feasible();
    if (a.feasible())
      return a.price() < b.price();
    if (far_below(a.how) != far_below(b.how))
      return far_below(b.how);
    return a.reluctance * a.worst < b.reluctance * b.worst;
  });
}

/// @returns whether this is a size to grow into, of which little is known.
bool planner::unseen(const batching& x) const {
  return x.size > std::max(service_.largest_seen, here_.current.size);
}

/// @returns whether this is so far below all sizes seen that a size between is
/// tried first while the objective is missed: where most of the time is fixed,
/// such small batches would serve least of all. The largest size allowed is
/// never too far.
bool planner::far_below(const batching& x) const {
  return service_.smallest_seen > small
    && x.size < std::min(here_.current.size, here_.bounds.size_max)
    && times_down * x.size < service_.smallest_seen;
}

/// Puts the shortest timeout first of those that do the same for an unseen
/// size. Once it is seen, a larger one may be better, and that wants a shorter
/// timeout: a longer one would only be taken back.
void planner::shorten(std::vector<weighed>& ranked) const {
  auto best = ranked.front();
  if (!std::isfinite(here_.slo_ms) || !best.feasible() || !unseen(best.how))
    return;
  auto shortest = ranked.begin();
  for (auto i = ranked.begin(); i != ranked.end(); ++i)
    if (
      i->feasible() && i->how.size == best.how.size
      && i->price() <= same_price * best.price()
      && i->how.timeout_seconds < shortest->how.timeout_seconds)
      shortest = i;
  std::rotate(ranked.begin(), shortest, shortest + 1);
}

} // namespace tuner::twin
