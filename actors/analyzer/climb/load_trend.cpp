#include "actors/analyzer/climb/load_trend.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::climb {

namespace {

constexpr double step_seconds = 10;
constexpr std::size_t steps_max = 60;
constexpr std::size_t trend_steps = 6;
constexpr double certain = 3;

} // namespace

void load_trend::push(const sample& x) {
  auto length = seconds(x.closed_at - x.opened_at);
  if (!(length > 0))
    return;
  auto known = x.offered && std::isfinite(*x.offered) && *x.offered >= 0;
  requests_ += known ? *x.offered : static_cast<double>(x.completed);
  seconds_ += length;
  if (seconds_ < step_seconds - 1e-3)
    return;
  steps_.push_back(requests_ / seconds_);
  requests_ = seconds_ = 0;
  if (steps_.size() > steps_max)
    steps_.pop_front();
}

double load_trend::growth_per_second() const {
  if (steps_.size() < trend_steps)
    return 0;
  auto n = static_cast<double>(trend_steps);
  double sum = 0;
  double product = 0;
  double moment = 0; // Of the centred times, in steps.
  auto first = steps_.end() - trend_steps;
  for (std::size_t i = 0; i < trend_steps; ++i) {
    auto at = static_cast<double>(i) - (n - 1) / 2;
    sum += first[static_cast<std::ptrdiff_t>(i)];
    product += at * first[static_cast<std::ptrdiff_t>(i)];
    moment += at * at;
  }
  auto mean = sum / n;
  auto slope = product / moment;
  // Counts of a Poisson process have their mean as their variance.
  auto error = std::sqrt(mean / step_seconds / moment);
  if (!(mean > 0) || !(std::abs(slope) > certain * error))
    return 0;
  return slope / step_seconds / mean;
}

double load_trend::peak_rps() const {
  return steps_.empty() ? 0 : *std::max_element(steps_.begin(), steps_.end());
}

double load_trend::now_rps() const {
  return steps_.empty() ? 0 : steps_.back();
}

} // namespace tuner::climb
