#include "actors/watchdog/rate_meter.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

/// Load moves: what was long ago says little.
constexpr auto remembered = std::chrono::minutes{2};
constexpr size_t samples_max = 2000;
constexpr double window_seconds_max = 10;
constexpr size_t windows_min = 2; ///< Before a change, to compare with.

} // namespace

void rate_meter::watch(const sample& x) {
  if (x.completed > 0)
    needed_ = x.latencies.empty();
  if (!samples_.empty() && x.closed_at < samples_.back().closed_at)
    samples_.clear(); // The clock was set back.
  if (!needed_ || x.in_force_since > x.opened_at)
    return;
  auto same = !samples_.empty() && *samples_.back().in_force == x.in_force;
  samples_.push_back(
    {x.opened_at, x.closed_at, x.closed_at - x.opened_at,
     static_cast<double>(x.completed), x.offered,
     same ? samples_.back().in_force // Kept once.
          : std::make_shared<const settings>(x.in_force)});
  if (samples_.size() > samples_max)
    samples_.pop_front();
  while (!trial_ && samples_.front().closed_at < x.closed_at - remembered)
    samples_.pop_front();
}

bool rate_meter::was_before(const stretch& x) const {
  return x.closed_at <= changed_at_ && *x.in_force == old_;
}

bool rate_meter::begin(const change& what) {
  trial_ = true;
  if (samples_.empty())
    return false;
  if (!what.step_back) {
    changed_at_ = what.at;
    old_ = *samples_.back().in_force;
    for (const auto& move : what.moves)
      old_[move.knob] = move.from;
  }
  double completed = 0;
  double length = 0;
  by_offered_ = true;
  for (const auto& x : samples_)
    if (was_before(x)) {
      completed += x.completed;
      length += seconds(x.length);
      by_offered_ = by_offered_ && x.offered;
    }
  window_seconds_ = std::clamp(
    static_cast<double>(window_completed_min) * length
      / std::max(completed, 1.0),
    window_seconds_min, window_seconds_max);
  return before().size() >= windows_min;
}

/// Half a request, so that none is few.
deviation rate_meter::deviation_of(const stretch& x) const {
  auto completed = x.completed + 0.5;
  auto log = by_offered_
    ? std::max(0.0, std::log((*x.offered + 0.5) / completed))
    : std::log(seconds(x.length) / completed);
  return {x.closed_at, log, log};
}

/// @returns those of windows made of the samples that are wanted.
template <class Wanted>
std::vector<deviation> rate_meter::deviations(Wanted wanted) const {
  std::vector<deviation> result;
  stretch open;
  for (const auto& x : samples_) {
    if (!wanted(x) || (by_offered_ && !x.offered))
      continue;
    open.closed_at = x.closed_at;
    open.length += x.length;
    open.completed += x.completed;
    open.offered.value += x.offered.value;
    if (seconds(open.length) < window_seconds_ - 1e-6)
      continue;
    result.push_back(deviation_of(open));
    open = {};
  }
  return result;
}

std::vector<deviation> rate_meter::before() const {
  return deviations([&](const stretch& x) { return was_before(x); });
}

std::vector<deviation> rate_meter::between(instant from, instant to) const {
  return deviations(
    [&](const stretch& x) { return x.opened_at >= from && x.closed_at <= to; });
}

} // namespace tuner
