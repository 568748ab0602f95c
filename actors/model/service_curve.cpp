#include "actors/model/service_curve.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::model {

namespace {

/// Where the curve goes beyond the sizes seen.
struct outward {
  line_fit below;
  line_fit above;
};

/// Lines through the sizes at either end, above the last bend. Where these are
/// too few to show a slope, a guess holds it: a third of the time is fixed, the
/// rest proportional. It weighs as much as a third of a sample at size 1, which
/// is little as soon as sizes differ.
outward outward_lines(const std::vector<size_mean>& means, double last_bend) {
  auto line = [&](double from, double to, const size_mean& anchor) {
    line_fit fit;
    for (const auto& m : means)
      if (m.size >= from && m.size <= to)
        fit.add(m.count, m.size, m.seconds);
    auto guess = anchor.size > 1 ? anchor.seconds * (0.35 + 0.65 / anchor.size)
                                 : anchor.seconds;
    if (anchor.size > 1)
      fit.add(0.3, 1, guess);
    else // Only batches of one: twice as many are taken to cost half more.
      fit.add(0.3, 2, 1.5 * guess);
    return fit;
  };
  const auto& smallest = means.front();
  const auto& largest = means.back();
  return {
    line(smallest.size, 1.6 * smallest.size, smallest),
    line(std::max(0.6 * largest.size, last_bend), largest.size, largest)};
}

} // namespace

fitted_curve fit_curve(
  const std::vector<size_mean>& means, double spread, size_t largest_size) {
  auto smallest = means.front();
  auto largest = means.back();
  auto cap =
    std::clamp<size_t>(static_cast<size_t>(2 * largest.size), 8, largest_size);
  local_fit fit{means, spread};
  const auto& bends = fit.bends();
  fitted_curve result;
  for (const auto& x : bends)
    if (x.steeper)
      result.knees.push_back(static_cast<size_t>(x.size));
  auto& seconds = result.seconds;
  seconds.resize(cap + 1);
  auto ends = outward_lines(means, bends.empty() ? 0 : bends.back().size);
  auto at_smallest = ends.below.at(smallest.size);
  for (size_t i = 1; i <= cap; ++i) {
    auto n = static_cast<double>(i);
    auto beyond = n / largest.size - 1;
    double value = 0;
    if (beyond > 0)
      value = ends.above.at(n) * (1 + 0.03 * beyond);
    else if (n < smallest.size)
      value = std::min(
        at_smallest,
        std::max(ends.below.at(n), 0.8 * at_smallest * n / smallest.size)
          * (1 + 0.03 * (smallest.size / n - 1)));
    else
      value = fit.at(n);
    seconds[i] = std::max({value, seconds[i - 1], 1e-7});
  }
  return result;
}

} // namespace tuner::model
