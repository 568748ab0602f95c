#include "actors/analyzer/cache/cache_climber.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double certain = 2; // Standard errors.
constexpr double longer = 1.5;

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
    turn_smaller();
    before_.reset();
  }
}

void cache_climber::go_on() {
  if (++paid_ < 3)
    return;
  failed_ = 0;
  step_log_ = std::min(longer * step_log_, std::log(params_.step_max));
}

void cache_climber::turn() {
  growing_ = !growing_;
  paid_ = 0;
}

void cache_climber::turn_smaller() {
  turn();
  if (step_log_ <= 2 * least_log_)
    ++failed_;
  step_log_ = std::max(step_log_ / 2, least_log_);
}

void cache_climber::set_out() {
  step_log_ = std::log(params_.step);
  paid_ = failed_ = 0;
}

bool cache_climber::judge(const cache_evidence& now, const cache_costs& costs) {
  if (!before_ || before_->size_mib == now.size_mib)
    return true;
  auto dearer = costs.at(now.size_mib, now.miss_ratio())
    - costs.at(before_->size_mib, before_->miss_ratio());
  auto more_misses = now.miss_ratio() - before_->miss_ratio();
  auto chance = certain * std::sqrt(variance(now) + variance(*before_));
  if (
    !(std::abs(dearer) > costs.miss_workers * chance)
    && now.accesses() < params_.accesses_max)
    return false;
  growing_ = now.size_mib > before_->size_mib;
  if (growing_ && more_misses > chance) {
    set_out(); // That is traffic's doing, and a larger one may pay now.
  } else if (dearer < 0) {
    go_on();
  } else if (more_misses > params_.shift) {
    turn();
    usual_ = before_; // Where it goes back to.
  } else {
    turn_smaller();
  }
  return true;
}

bool cache_climber::is_shift(const cache_evidence& now) {
  if (!usual_)
    return false;
  auto more_misses = now.miss_ratio() - usual_->miss_ratio();
  auto back = std::abs(std::log(now.size_mib / usual_->size_mib));
  auto other =
    std::abs(more_misses) >= params_.shift && (resting_ || back <= least_log_);
  if (other) {
    growing_ = more_misses > 0;
    resting_ = false;
    set_out();
  }
  if (!resting_)
    usual_.reset();
  return other;
}

bool cache_climber::rests(const cache_evidence& now) {
  // Twice is both ways, unless it was in vain that it went back.
  if (!resting_ && (failed_ > 2 || (failed_ == 2 && paid_ > 0))) {
    resting_ = true;
    usual_ = now;
  }
  return resting_;
}

std::optional<double> cache_climber::next(
  const cache_evidence& now, const cache_costs& costs,
  const size_bounds& within) {
  if (!(now.accesses() >= params_.accesses_min))
    return std::nullopt;
  if (step_log_ == 0)
    set_out();
  least_log_ = std::max(
    std::log(params_.step_min), std::log1p(within.step_mib / now.size_mib));
  if (!is_shift(now)) {
    if (!judge(now, costs))
      return std::nullopt;
    before_.reset();
    if (rests(now))
      return std::nullopt;
  }
  before_.reset();
  for (auto tries = 0; tries < 2; ++tries) {
    auto step_log = std::max(step_log_, least_log_);
    auto to = now.size_mib * std::exp(growing_ ? step_log : -step_log);
    to = std::clamp(to, within.min_mib, within.max_mib);
    auto dear = costs.memory_workers_per_mib * (to - now.size_mib)
      >= costs.miss_workers * now.miss_ratio();
    if (growing_ && to > now.size_mib && dear)
      turn_smaller(); // Even if it saved all misses it would not pay.
    else if (growing_ ? to > now.size_mib : to < now.size_mib)
      return to;
    else
      turn();
  }
  return std::nullopt;
}

} // namespace tuner
