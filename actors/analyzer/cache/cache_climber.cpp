#include "actors/analyzer/cache/cache_climber.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double certain = 2; // Standard errors.

double variance(const cache_evidence& x) {
  // One of each more than seen, so that a ratio of 0 or 1 isn't beyond doubt.
  auto ratio = (x.misses + 1) / (x.accesses() + 2);
  return ratio * (1 - ratio) / (x.accesses() + 2);
}

} // namespace

void cache_climber::moved(const cache_evidence& left, double to_mib) {
  if (left.accesses() >= params_.accesses_min) {
    before_ = left;
    return;
  }
  // Left before anyone could judge: if back where it came from, it was undone.
  if (before_ && before_->size_mib == to_mib) {
    growing_ = left.size_mib > to_mib;
    turn();
    before_.reset();
  }
}

void cache_climber::turn() {
  growing_ = !growing_;
  step_log_ /= 2;
}

bool cache_climber::judge(const cache_evidence& now, const cache_costs& costs) {
  if (!before_ || before_->size_mib == now.size_mib)
    return true;
  auto dearer = costs.at(now.size_mib, now.miss_ratio())
    - costs.at(before_->size_mib, before_->miss_ratio());
  auto error =
    costs.miss_workers * std::sqrt(variance(now) + variance(*before_));
  if (
    !(std::abs(dearer) > certain * error)
    && now.accesses() < params_.accesses_max)
    return false;
  growing_ = now.size_mib > before_->size_mib;
  if (!(dearer < 0))
    turn();
  return true;
}

bool cache_climber::rests(const cache_evidence& now) {
  if (!resting_miss_ratio_) {
    if (step_log_ >= std::log(params_.step_min))
      return false;
    resting_miss_ratio_ = now.miss_ratio();
    return true;
  }
  if (std::abs(now.miss_ratio() - *resting_miss_ratio_) < params_.shift)
    return true;
  resting_miss_ratio_.reset();
  step_log_ = std::log(params_.step);
  return false;
}

std::optional<double> cache_climber::next(
  const cache_evidence& now, const cache_costs& costs,
  const size_bounds& within) {
  if (!(now.accesses() >= params_.accesses_min) || !judge(now, costs))
    return std::nullopt;
  before_.reset();
  if (step_log_ == 0)
    step_log_ = std::log(params_.step);
  if (rests(now))
    return std::nullopt;
  for (auto tries = 0; tries < 2; ++tries) {
    auto to = now.size_mib * std::exp(growing_ ? step_log_ : -step_log_);
    to = std::clamp(to, within.min_mib, within.max_mib);
    if (growing_ ? to > now.size_mib : to < now.size_mib)
      return to;
    turn();
  }
  return std::nullopt;
}

} // namespace tuner
