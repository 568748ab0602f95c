#include "app/simulation/figures.hpp"
#include "actors/model/what_if.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::simulation {

namespace {

constexpr uint64_t window_seconds = 10;
constexpr uint64_t settled_from_seconds = 60;

double ratio(uint64_t part, uint64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// @returns the p95 in ms of latencies in seconds, which it reorders.
double p95_ms(std::vector<double>& latencies) {
  return 1e3 * model::quantile_of(latencies.begin(), latencies.end(), 0.95);
}

} // namespace

double dense_histogram::quantile_ms(double q) const {
  auto rank = static_cast<uint64_t>(
    std::ceil(std::max(1.0, q * static_cast<double>(total_))));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i)
    if ((seen += counts_[i]) >= rank)
      return milliseconds(bucket_midpoint(i));
  return 0;
}

void dense_histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), 0u);
  total_ = 0;
}

void run_meter::tick(uint64_t at, const simulated_host& host) {
  memory_sum_ += host.memory_mb();
  ++ticks_;
  if (at % window_seconds == 0)
    close_window(at, host.queue_length() > 0);
}

void run_meter::close_window(uint64_t at, bool stuck) {
  auto violates =
    p95_slo_ms_ && (window_.empty() ? stuck : p95_ms(window_) > *p95_slo_ms_);
  window_.clear();
  ++windows_;
  violations_ += violates;
  if (at <= settled_from_seconds)
    return;
  ++settled_windows_;
  settled_violations_ += violates;
  in_a_row_ = violates ? in_a_row_ + 1 : 0;
  longest_ = std::max(longest_, in_a_row_);
}

run_figures run_meter::result(double duration_seconds) const {
  run_figures x;
  x.requests = offered_;
  x.p50_latency_ms = all_.quantile_ms(0.50);
  x.p95_latency_ms = all_.quantile_ms(0.95);
  x.p99_latency_ms = all_.quantile_ms(0.99);
  x.slo_violation_ratio = ratio(violations_, windows_);
  x.settled_violation_ratio = ratio(settled_violations_, settled_windows_);
  x.longest_violation_seconds = static_cast<double>(longest_ * window_seconds);
  x.goodput_ratio = offered_ > 0 ? ratio(all_.total(), offered_) : 1;
  x.busy_workers = duration_seconds > 0 ? busy_ / duration_seconds : 0;
  x.memory_mb = ticks_ > 0 ? memory_sum_ / static_cast<double>(ticks_) : 0;
  return x;
}

} // namespace tuner::simulation
