#include "actors/journal/downsampler.hpp"

#include <algorithm>
#include <utility>

namespace tuner {

namespace {

auto step_number(instant x, duration step) {
  return x.time_since_epoch() / step;
}

/// Averages by weight. What is known on one side only is taken from there.
struct blend {
  double a_weight;
  double b_weight;

  double operator()(double a, double b) const {
    auto sum = a_weight + b_weight;
    return sum > 0 ? (a * a_weight + b * b_weight) / sum : (a + b) / 2;
  }
  duration operator()(duration a, duration b) const {
    return from_seconds((*this)(seconds(a), seconds(b)));
  }
  reading operator()(const reading& a, const reading& b) const {
    if (a && b)
      return (*this)(*a, *b);
    return a ? a : b;
  }
};

/// Adds `later`, which follows `x`.
void extend(observation& x, const observation& later) {
  blend by_requests{
    static_cast<double>(x.completed), static_cast<double>(later.completed)};
  blend by_batches{
    static_cast<double>(x.batches), static_cast<double>(later.batches)};
  blend by_time{seconds(x.length()), seconds(later.length())};
  x.latency_p50 = by_requests(x.latency_p50, later.latency_p50);
  x.latency_p95 = by_requests(x.latency_p95, later.latency_p95);
  x.latency_p99 = by_requests(x.latency_p99, later.latency_p99);
  x.latency_mean = by_requests(x.latency_mean, later.latency_mean);
  x.batch_size_mean = by_batches(x.batch_size_mean, later.batch_size_mean);
  x.busy_workers = by_time(x.busy_workers, later.busy_workers);
  x.cache_hit_ratio = by_requests(x.cache_hit_ratio, later.cache_hit_ratio);
  x.queue_length = by_time(x.queue_length, later.queue_length);
  x.cpu_cores = by_time(x.cpu_cores, later.cpu_cores);
  x.memory_used_ratio = later.memory_used_ratio;
  x.memory_mib = later.memory_mib;
  if (x.offered)
    x.offered =
      later.offered ? reading{*x.offered + *later.offered} : reading{};
  x.completed += later.completed;
  x.failed += later.failed;
  x.invalid += later.invalid;
  x.batches += later.batches;
  x.closed_at = later.closed_at;
  x.in_force = later.in_force;
}

} // namespace

downsampler::row
downsampler::take(std::optional<sample_sum>& from, duration step) {
  auto whole = *std::exchange(from, std::nullopt);
  return {step, seen_in({&whole})};
}

std::vector<downsampler::row> downsampler::push(const sample& x) {
  std::vector<row> result;
  sample_sum now{x};
  for (size_t i = 0; i < series_steps.size(); ++i) {
    auto step = series_steps[i];
    auto& open = open_[i];
    if (open && x.opened_at < open->closed_at)
      open.reset(); // A clock that was set back.
    auto begun = open ? open->opened_at : x.opened_at;
    if (step_number(x.opened_at, step) != step_number(begun, step))
      result.push_back(take(open, step));
    if (open)
      open->add(now);
    else
      open = now;
    if (step_number(x.closed_at, step) != step_number(open->opened_at, step))
      result.push_back(take(open, step));
  }
  return result;
}

std::vector<downsampler::row> downsampler::flush() {
  std::vector<row> result;
  for (size_t i = 0; i < series_steps.size(); ++i)
    if (open_[i])
      result.push_back(take(open_[i], series_steps[i]));
  return result;
}

std::vector<observation>
thinned(std::vector<observation> points, std::size_t count_max) {
  auto each = (points.size() + count_max - 1) / std::max<size_t>(count_max, 1);
  if (each <= 1)
    return points;
  std::vector<observation> result;
  for (size_t i = 0; i < points.size(); ++i)
    if (i % each == 0)
      result.push_back(std::move(points[i]));
    else
      extend(result.back(), points[i]);
  return result;
}

} // namespace tuner
