#include "bench/mann_whitney_judge.hpp"

#include "actors/monitor/histogram.hpp"
#include "bench/bench.hpp"

#include <cmath>
#include <numeric>

namespace tuner {

namespace {

/// As much as the watchdog compares with at most.
constexpr size_t seconds_before_max = 90;
/// Kayenta says "no data" below; so few can't differ at 98 %.
constexpr size_t figures_min = 10;
constexpr double tolerance = 0.25;
constexpr double normal_quantile_99 = 2.3263; // Two-sided 98 %.

double mean(const std::vector<double>& xs) {
  return std::accumulate(xs.begin(), xs.end(), 0.0)
    / static_cast<double>(xs.size());
}

} // namespace

shift_estimate shift_between(
  const std::vector<double>& before, const std::vector<double>& after) {
  std::vector<double> differences;
  differences.reserve(before.size() * after.size());
  for (auto x : before)
    for (auto y : after)
      differences.push_back(y - x);
  std::sort(differences.begin(), differences.end());
  auto m = static_cast<double>(before.size());
  auto n = static_cast<double>(after.size());
  auto spread = std::sqrt(m * n * (m + n + 1) / 12);
  auto rank = std::max(0.0, m * n / 2 - normal_quantile_99 * spread);
  auto skipped =
    std::min(static_cast<size_t>(rank), (differences.size() - 1) / 2);
  return {
    median(differences), differences[skipped],
    differences[differences.size() - 1 - skipped]};
}

void mann_whitney_judge::watch(const sample& x) {
  if (x.latencies.empty() || (trial_ && x.opened_at < changed_at_))
    return;
  histogram seen;
  seen.merge(x.latencies);
  (trial_ ? after_ : before_).push_back(milliseconds(seen.quantile(0.95)));
  if (!trial_ && before_.size() > seconds_before_max)
    before_.erase(before_.begin());
}

void mann_whitney_judge::begin(const change& what) {
  trial_ = true;
  changed_at_ = what.at + what.settle;
  after_.clear();
}

void mann_whitney_judge::end(outcome how) {
  trial_ = false;
  if (how == outcome::kept) // What was new is what comes before the next.
    before_ = std::move(after_);
  after_.clear();
}

std::optional<verdict> mann_whitney_judge::consider(const trial_view& x) const {
  if (before_.size() < figures_min || after_.size() < figures_min)
    return {};
  auto shift = shift_between(before_, after_);
  auto ratio = mean(after_) / mean(before_);
  auto harm =
    shift.low > tolerance * std::abs(shift.middle) && ratio > 1 + tolerance;
  verdict result{
    x.what.id, harm ? outcome::rolled_back : outcome::kept,
    x.now,     "p95 by second " + format_number(ratio, 3) + " times as high",
    x.before,  x.after,
    {}};
  result.numbers = {
    {"shift_ms", shift.middle},
    {"shift_low_ms", shift.low},
    {"shift_high_ms", shift.high},
    {"mean_ratio", ratio}};
  return result;
}

} // namespace tuner
