#include "actors/analyzer/twin/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace tuner::twin {

namespace {

constexpr double window_seconds = 10;
constexpr uint64_t completions_min = 30;
constexpr size_t arrivals_min = 10;
/// Requests that arrived this long before the window make its queue.
constexpr double lead_seconds = 5;

/// @returns the share of the arrivals that is not answered by the cache, drawn
/// by lot: which ones these were is not known.
std::vector<double> thinned(std::vector<double> x, double share) {
  if (share >= 1)
    return x;
  std::minstd_rand lot{1};
  auto limit = share * static_cast<double>(std::minstd_rand::max());
  std::erase_if(x, [&](double) { return static_cast<double>(lot()) > limit; });
  return x;
}

} // namespace

void calibration::learn(
  const sample& x, const service_model& model, const traffic& arrivals,
  const situation& here, const std::vector<double>& normal) {
  if (x.in_force_since != in_force_since_ || x.in_force_since > x.opened_at) {
    in_force_since_ = x.in_force_since;
    last_.clear();
    recent_p95_ms_ = earlier_p95_ms_ = 0;
    gathered_ = -lead_seconds; // The first seconds still show the old settings.
  }
  auto length = seconds(x.closed_at - x.opened_at);
  gathered_ += length;
  last_.emplace_back(packed_counts{x.latencies}, length);
  double held = 0;
  for (const auto& [latencies, seconds] : last_)
    held += seconds;
  while (held - last_.front().second >= window_seconds - 1e-6) {
    held -= last_.front().second;
    last_.erase(last_.begin());
  }
  if (gathered_ < window_seconds - 1e-6)
    return;
  gathered_ = 0;
  histogram seen;
  for (const auto& [latencies, seconds] : last_)
    seen.merge_packed(latencies);
  earlier_p95_ms_ = recent_p95_ms_;
  recent_p95_ms_ = milliseconds(seen.quantile(0.95));
  recent_replayed_ms_ = 0;
  if (seen.total() < completions_min)
    return;
  recent_replayed_ms_ = replayed_ms(held, model, arrivals, here, normal);
  compare(recent_p95_ms_, recent_replayed_ms_);
}

void calibration::skip() {
  last_.clear();
  recent_p95_ms_ = earlier_p95_ms_ = 0;
  gathered_ = 0;
}

double replayed_ms(
  double span, const service_model& model, const traffic& arrivals,
  const situation& here, const std::vector<double>& normal) {
  if (!model.ready())
    return 0;
  trial_load load;
  load.arrivals =
    thinned(arrivals.recent(span + lead_seconds), here.batched_share);
  auto early =
    std::lower_bound(load.arrivals.begin(), load.arrivals.end(), lead_seconds);
  load.scored_from = static_cast<size_t>(early - load.arrivals.begin());
  if (load.arrivals.size() - load.scored_from < arrivals_min)
    return 0;
  auto table = model.table();
  what_if replay{table, here.workers, here.quantile};
  std::vector<double> luck;
  luck.reserve(normal.size());
  for (auto z : normal)
    luck.push_back(std::exp(table.spread * z));
  load.luck = &luck;
  double sum = 0;
  constexpr size_t rounds = 3; // With different luck.
  for (size_t round = 0; round < rounds; ++round) {
    load.luck_from = round * luck.size() / rounds;
    sum += replay.run(load, here.current).p95_ms;
  }
  return sum / rounds;
}

void calibration::compare(double measured_ms, double replayed_ms) {
  if (!(measured_ms > 0) || !(replayed_ms > 0))
    return;
  auto off = std::clamp(std::log(measured_ms / replayed_ms), -1.0, 1.0);
  auto gain = std::max(0.1, 1.0 / static_cast<double>(++windows_ + 1));
  error_ += gain * (std::abs(off - bias_) - error_);
  bias_ = std::clamp(bias_ + gain * (off - bias_), -0.4, 0.4);
}

} // namespace tuner::twin
