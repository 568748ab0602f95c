#include "actors/model/service_curve.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::model {

namespace {

constexpr double least_seconds = 1e-7;

/// What is assumed of a batch of one request before small ones were seen.
struct guess {
  double fixed_share = 0; ///< Of the time that a larger batch takes.
  double off = 0;         ///< By so much of that time it may be wrong.
};

/// For what larger batches take. Taking much for fixed leads a target that came
/// with tiny batches to larger ones in careful steps.
constexpr guess upwards{0.35, 0.25};

/// For what smaller batches take: what is fixed is worth a few requests.
/// Taking it for more would make smaller batches look dear, and lead a target
/// that came with huge ones past the best and back.
guess downwards(double smallest) {
  constexpr double worth_requests = 8;
  auto share = worth_requests / (worth_requests + smallest);
  return {std::min(upwards.fixed_share, share), 0.1};
}

/// Where the curve goes beyond the sizes seen.
struct outward {
  line_fit below;
  line_fit above;
};

/// Lines through the sizes at either end, above the last bend. Where these are
/// too few to show a slope, a guess holds it. It counts as a sample at size 1,
/// weighing less the more it may be off than one: where samples scatter by 8 %,
/// a tenth for what is above and two thirds for what is below.
outward outward_lines(
  const std::vector<size_mean>& means, double last_bend, double spread) {
  auto line =
    [&](double from, double to, const size_mean& anchor, const guess& assumed) {
      auto weight = std::clamp(std::pow(spread / assumed.off, 2), 0.01, 1.0);
      auto rest = 1 - assumed.fixed_share;
      line_fit fit;
      for (const auto& m : means)
        if (m.size >= from && m.size <= to)
          fit.add(m.count, m.size, m.seconds);
      if (anchor.size > 1)
        fit.add(
          weight, 1,
          anchor.seconds * (assumed.fixed_share + rest / anchor.size));
      else // Only batches of one: twice as many are taken to cost half more.
        fit.add(weight, 2, 1.5 * anchor.seconds);
      return fit;
    };
  const auto& smallest = means.front();
  const auto& largest = means.back();
  return {
    line(
      smallest.size, 1.6 * smallest.size, smallest, downwards(smallest.size)),
    line(
      std::max(0.6 * largest.size, last_bend), largest.size, largest, upwards)};
}

/// @returns the largest size that the curve goes on to.
size_t reach_of(double largest_seen) {
  constexpr double near = 24; ///< Requests: three times as many is not far.
  auto reach = std::max(2 * largest_seen, std::min(3 * largest_seen, near));
  return std::max<size_t>(static_cast<size_t>(reach), 8);
}

/// Fills in the sizes below the smallest seen, largest first: each on the line,
/// but never much cheaper for each request, nor dearer than a larger one.
void go_below(
  std::vector<double>& seconds, const line_fit& line, double smallest) {
  auto at_smallest = line.at(smallest);
  for (auto i = static_cast<size_t>(smallest); i-- > 1;) {
    auto n = static_cast<double>(i);
    auto taken = std::max(line.at(n), 0.8 * at_smallest * n / smallest);
    seconds[i] = std::clamp(taken, least_seconds, seconds[i + 1]);
  }
}

} // namespace

fitted_curve fit_curve(
  const std::vector<size_mean>& means, double spread, size_t largest_size) {
  auto smallest = means.front().size;
  auto largest = means.back().size;
  local_fit fit{means, spread};
  const auto& bends = fit.bends();
  fitted_curve result;
  for (const auto& x : bends)
    if (x.steeper)
      result.knees.push_back(static_cast<size_t>(x.size));
  auto& seconds = result.seconds;
  seconds.resize(std::min(reach_of(largest), largest_size) + 1);
  auto ends =
    outward_lines(means, bends.empty() ? 0 : bends.back().size, spread);
  for (auto i = static_cast<size_t>(smallest); i < seconds.size(); ++i) {
    auto n = static_cast<double>(i);
    auto value = n > largest ? ends.above.at(n) * (1 + 0.03 * (n / largest - 1))
                             : fit.at(n);
    seconds[i] = std::max({value, seconds[i - 1], least_seconds});
  }
  go_below(seconds, ends.below, smallest);
  return result;
}

} // namespace tuner::model
