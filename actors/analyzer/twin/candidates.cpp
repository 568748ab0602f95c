#include "actors/analyzer/twin/planner.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::twin {

namespace {

/// Going as far as an objective or a factor of e counts as so much more of the
/// cost, or of what misses the objective; taking a move back as so much.
constexpr double reluctance_to_go = 0.02;
constexpr double reluctance_to_return = 0.03;

} // namespace

bool same(const batching& a, const batching& b) {
  return a.size == b.size
    && std::abs(a.timeout_seconds - b.timeout_seconds) < 1e-9;
}

bool plan::dearer(const weighed& x) const {
  return std::any_of(ranked.begin(), ranked.end(), [&](const weighed& c) {
    return c.feasible() && c.cost < x.cost;
  });
}

double planner::span_seconds(size_t size) const {
  if (std::isfinite(here_.slo_ms))
    return 1e-3 * here_.slo_ms;
  // Waiting longer than a few batches take never makes anything faster.
  return 4 * service_.seconds[std::clamp<size_t>(size, 1, service_.largest())];
}

bool planner::allowed(const batching& x) const {
  const auto& b = here_.bounds;
  return x.size >= b.size_min && x.size <= b.size_max
    && x.size <= service_.largest()
    && x.timeout_seconds >= b.timeout_min_seconds
    && x.timeout_seconds <= b.timeout_max_seconds
    && (!b.size_fixed || x.size == here_.current.size)
    && (!b.timeout_fixed || x.timeout_seconds == here_.current.timeout_seconds);
}

bool planner::takes_back(const batching& x) const {
  const auto& now = here_.current;
  auto back = [](double from, double to, int course) {
    return course > 0 ? to < from : (course < 0 && to > from);
  };
  return back(
           static_cast<double>(now.size), static_cast<double>(x.size),
           here_.size_course)
    || back(now.timeout_seconds, x.timeout_seconds, here_.timeout_course);
}

weighed planner::candidate(const batching& how) const {
  weighed result;
  result.how = how;
  const auto& now = here_.current;
  auto times = static_cast<double>(std::max<size_t>(how.size, 1))
    / static_cast<double>(std::max<size_t>(now.size, 1));
  auto span = std::max(span_seconds(service_.largest()), 1e-9); // May be none.
  auto later = (how.timeout_seconds - now.timeout_seconds) / span;
  auto far = std::abs(std::log(times)) + std::abs(later);
  result.reluctance = 1 + reluctance_to_go * std::min(far, 1.0)
    + (takes_back(how) ? reluctance_to_return : 0);
  return result;
}

std::vector<double> planner::timeouts() const {
  constexpr double shares[] = {0,    0.01, 0.03, 0.06, 0.1,  0.15, 0.2,  0.27,
                               0.34, 0.42, 0.5,  0.58, 0.66, 0.74, 0.82, 0.9};
  if (here_.bounds.timeout_fixed)
    return {here_.current.timeout_seconds};
  auto span = span_seconds(service_.largest());
  std::vector<double> result;
  for (auto share : shares)
    result.push_back(share * span);
  if (here_.timeout_course != 0)
    result.push_back(here_.current.timeout_seconds);
  return result;
}

/// The cheapest size is often one above which batches take longer for each
/// request more, and what is around a grid misses it: both sides look dearer.
std::vector<size_t> planner::nearest_knees() const {
  constexpr size_t tried = 3;
  auto result = service_.knees;
  auto far = [&](size_t size) {
    return std::abs(std::log(
      static_cast<double>(size)
      / static_cast<double>(std::max<size_t>(here_.current.size, 1))));
  };
  std::ranges::sort(result, {}, far);
  result.resize(std::min(result.size(), tried));
  return result;
}

std::vector<batching> planner::grid() const {
  constexpr int sizes = 13;
  std::vector<batching> result;
  auto add = [&](size_t size) {
    for (auto timeout : timeouts())
      if (batching x{size, timeout}; allowed(x))
        result.push_back(x);
  };
  if (here_.size_course != 0)
    add(here_.current.size);
  for (auto size : nearest_knees())
    add(size);
  auto largest =
    std::min(service_.largest(), std::max<size_t>(here_.bounds.size_max, 1));
  size_t before = 0;
  for (int i = 0; i <= sizes; ++i) {
    auto size = static_cast<size_t>(
      std::round(std::pow(static_cast<double>(largest), i / double{sizes})));
    if (here_.bounds.size_fixed)
      size = here_.current.size;
    if (size == std::exchange(before, size))
      continue;
    add(size);
  }
  return result;
}

std::vector<batching> planner::around(const batching& x, double width) const {
  std::vector<batching> result;
  auto n = static_cast<double>(x.size);
  auto step = std::max(1.0, std::round(n * width));
  for (double a : {-1.0, 0.0, 1.0, 2.0})
    for (double b : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
      auto timeout = x.timeout_seconds
        + (here_.bounds.timeout_fixed ? 0 : b) * width / 3
          * span_seconds(x.size);
      auto size = here_.bounds.size_fixed ? n : std::max(1.0, n + a * step);
      batching y{
        static_cast<size_t>(size),
        std::max(timeout, here_.bounds.timeout_min_seconds)};
      if (allowed(y) && !same(x, y))
        result.push_back(y);
    }
  return result;
}

} // namespace tuner::twin
