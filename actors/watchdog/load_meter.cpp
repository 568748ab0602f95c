#include "actors/watchdog/load_meter.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr auto remembered = std::chrono::minutes{10};
constexpr size_t open_max = 300; ///< Samples that a window may take.
constexpr size_t windows_max = 1000;
constexpr size_t windows_min = 3; ///< Before a change, to compare with.

} // namespace

void load_meter::watch(const sample& x) {
  if (!windows_.empty() && x.closed_at < windows_.back().closed_at) {
    windows_.clear(); // The clock was set back.
    open_.clear();
  }
  moment now{x, open_.empty() ? nullptr : &open_.back()};
  auto other = !open_.empty() && *open_.back().in_force != *now.in_force;
  if (now.mixed || other)
    open_.clear();
  if (now.mixed)
    return;
  open_.push_back(std::move(now));
  if (open_.size() > open_max)
    open_.pop_front();
  close_window();
  if (windows_.size() > windows_max)
    windows_.pop_front();
  while (!trial_ && !windows_.empty()
         && windows_.front().closed_at < x.closed_at - remembered)
    windows_.pop_front();
}

void load_meter::close_window() {
  std::vector<const moment*> moments;
  for (const auto& x : open_)
    moments.push_back(&x);
  if (windows_of(moments).empty())
    return;
  loaded result;
  result.opened_at = open_.front().opened_at;
  result.closed_at = open_.back().closed_at;
  result.in_force = open_.back().in_force;
  if (!windows_.empty() && *windows_.back().in_force == *result.in_force)
    result.in_force = windows_.back().in_force; // Kept once.
  auto seen = summary_of(moments.data(), moments.data() + moments.size(), 0);
  for (const auto& x : open_)
    result.load_rps += static_cast<double>(x.arrivals.count());
  open_.clear();
  if (seen.count == 0)
    return;
  result.load_rps /= seconds(result.closed_at - result.opened_at);
  result.log_p95 = seen.p95;
  result.log_body = seen.body;
  windows_.push_back(std::move(result));
}

bool load_meter::begin(const change& what) {
  trial_ = true;
  open_.clear();
  before_.clear();
  if (windows_.empty())
    return false;
  if (!what.step_back) {
    old_ = *windows_.back().in_force;
    for (const auto& move : what.moves)
      old_[move.knob] = move.from;
  }
  for (const auto& x : windows_)
    if (x.closed_at <= what.at && *x.in_force == old_)
      before_.push_back(x);
  if (before_.size() < windows_min)
    return false;
  p95_ = fitted(&loaded::log_p95);
  body_ = fitted(&loaded::log_body);
  auto [least, most] = std::minmax_element(
    before_.begin(), before_.end(),
    [](const auto& a, const auto& b) { return a.load_rps < b.load_rps; });
  load_min_ = 0.9 * least->load_rps;
  load_max_ = 1.1 * most->load_rps;
  return true;
}

void load_meter::end(outcome) {
  trial_ = false;
}

/// Latency that falls as load rises is an accident of few windows: flat then.
load_meter::line load_meter::fitted(double loaded::*which) const {
  line result;
  auto n = static_cast<double>(before_.size());
  for (const auto& x : before_) {
    result.middle += x.load_rps / n;
    result.level += x.*which / n;
  }
  double xx = 0;
  double xy = 0;
  for (const auto& x : before_) {
    auto off = x.load_rps - result.middle;
    xx += off * off;
    xy += off * (x.*which - result.level);
  }
  result.slope = xx > 0 ? std::max(0.0, xy / xx) : 0;
  return result;
}

bool load_meter::comparable(const loaded& x) const {
  return x.load_rps >= load_min_ && x.load_rps <= load_max_;
}

deviation load_meter::deviation_of(const loaded& x) const {
  return {
    x.closed_at, x.log_p95 - p95_.at(x.load_rps),
    x.log_body - body_.at(x.load_rps)};
}

std::vector<deviation> load_meter::before() const {
  std::vector<deviation> result;
  for (const auto& x : before_)
    result.push_back(deviation_of(x));
  return result;
}

std::vector<deviation> load_meter::between(instant from, instant to) const {
  std::vector<deviation> result;
  for (const auto& x : windows_)
    if (x.opened_at >= from && x.closed_at <= to && comparable(x))
      result.push_back(deviation_of(x));
  return result;
}

} // namespace tuner
