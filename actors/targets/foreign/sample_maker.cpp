#include "actors/targets/foreign/sample_maker.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

/// Sums of golden ratios fall evenly into [0, 1).
constexpr double golden_ratio = 0.6180339887498949;

/// More counts in one sample are nonsense.
constexpr double count_max = 1e15;

constexpr double seconds_max = 9e9; // Of what a duration holds.

reading reading_of(const std::optional<double>& x) {
  return x && std::isfinite(*x) ? reading{*x} : reading{};
}

std::optional<double> memory_ratio_of(const figures& x) {
  if (x[figure::memory_ratio])
    return x[figure::memory_ratio];
  const auto& used = x[figure::memory_used];
  const auto& limit = x[figure::memory_limit];
  if (used && limit && *limit > 0)
    return *used / *limit;
  return {};
}

bool told(const latency_signals& x) {
  for (const auto* text :
       {&x.histogram, &x.summary, &x.p50, &x.p95, &x.p99, &x.sum})
    if (!text->empty())
      return true;
  return false;
}

} // namespace

latency_shape shape_of(const figures& x) {
  std::vector<known_quantile> known;
  auto add = [&](double q, figure what) {
    if (x[what])
      known.push_back({q, *x[what]});
  };
  add(0.50, figure::latency_p50);
  add(0.95, figure::latency_p95);
  add(0.99, figure::latency_p99);
  auto result = shape_with(std::move(known));
  const auto& sum = x[figure::latency_sum];
  const auto& count = x[figure::latency_count];
  if (sum && count && *sum >= 0 && *count > 0)
    result.mean_seconds = *sum / *count;
  if (result.pieces.empty() && result.mean_seconds)
    result.pieces = {{1, *result.mean_seconds, *result.mean_seconds}};
  return result;
}

sample_maker::sample_maker(const foreign_signals& x, uint32_t workers)
  : completed_(x.completed.empty() ? figure::latency_count : figure::completed),
    needs_latency_(told(x.latency)), workers_(workers) {}

uint64_t sample_maker::whole(figure what, double x) {
  auto& left_over = left_over_[static_cast<std::size_t>(what)];
  auto due = (x > 0 ? std::min(x, count_max) : 0) + left_over; // Also of NaN.
  // A counter of whole numbers that was scaled may be just below one.
  auto result = std::floor(due + 1e-6);
  left_over = std::max(due - result, 0.0);
  return static_cast<uint64_t>(result);
}

sample sample_maker::make(const reported& x) {
  sample result;
  const auto& values = x.values;
  const auto& completed = values[completed_];
  auto weight = x.latency.weight();
  auto spread = weight > 0 && std::isfinite(weight);
  auto usable = completed && std::isfinite(*completed)
    && (!needs_latency_ || spread || *completed <= 0);
  if (!usable)
    return result;
  auto count = [&](figure what) {
    return values[what] ? whole(what, *values[what]) : 0;
  };
  result.completed = whole(figure::completed, *completed);
  fill_latencies(result, x.latency, offset_);
  offset_ = std::fmod(offset_ + golden_ratio, 1.0);
  result.failed = count(figure::failed);
  result.offered = reading_of(values[figure::offered]);
  if (values[figure::batches] && values[figure::batched_requests]) {
    result.batches = count(figure::batches);
    result.batched_requests = count(figure::batched_requests);
  }
  if (auto busy = values[figure::busy].value_or(0); busy > 0)
    result.busy = from_seconds(std::min(busy, seconds_max));
  if (values[figure::cache_hits] && values[figure::cache_misses]) {
    result.cache_hits = count(figure::cache_hits);
    result.cache_misses = count(figure::cache_misses);
  }
  result.workers = workers_;
  result.queue_length = reading_of(values[figure::queue_length]);
  result.memory_used_ratio = reading_of(memory_ratio_of(values));
  result.memory_mib = reading_of(values[figure::memory_used]);
  result.cpu_cores = reading_of(values[figure::cpu]);
  return result;
}

} // namespace tuner
