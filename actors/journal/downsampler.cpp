#include "actors/journal/downsampler.hpp"

#include "actors/monitor/window.hpp"

#include <algorithm>

namespace tuner {

namespace {

auto step_number(instant x, duration step) {
  return x.time_since_epoch() / step;
}

/// Adds counts by bucket; both are ascending.
std::vector<bucket_count>
added(const std::vector<bucket_count>& a, const std::vector<bucket_count>& b) {
  std::vector<bucket_count> result;
  result.reserve(a.size() + b.size());
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->bucket < j->bucket))
      result.push_back(*i++);
    else if (i == a.end() || j->bucket < i->bucket)
      result.push_back(*j++);
    else
      result.push_back({i->bucket, i++->count + j++->count});
  }
  return result;
}

/// The mean of `count` readings and one more, where all are known.
reading mean_with(const reading& mean, uint32_t count, const reading& x) {
  if (!mean || !x)
    return mean ? mean : x;
  return (*mean * count + *x) / (count + 1);
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

void downsampler::add(sum& to, const sample& x) {
  auto& t = to.total;
  if (to.count == 0) {
    t = x;
    // Details are for those who look at single samples, and large.
    t.batch_records = {};
    t.arrivals_us = {};
    t.cache_keys = {};
    to.count = 1;
    return;
  }
  t.closed_at = x.closed_at;
  t.latencies = added(t.latencies, x.latencies);
  t.latency_sum += x.latency_sum;
  t.completed += x.completed;
  t.failed += x.failed;
  t.invalid += x.invalid;
  t.offered =
    t.offered && x.offered ? reading{*t.offered + *x.offered} : reading{};
  t.batches += x.batches;
  t.batched_requests += x.batched_requests;
  t.busy += x.busy;
  t.cache_hits += x.cache_hits;
  t.cache_misses += x.cache_misses;
  t.queue_length = mean_with(t.queue_length, to.count, x.queue_length);
  t.cpu_cores = mean_with(t.cpu_cores, to.count, x.cpu_cores);
  t.memory_used_ratio = x.memory_used_ratio;
  t.memory_mib = x.memory_mib;
  t.in_force = x.in_force;
  ++to.count;
}

downsampler::row downsampler::take(sum& from, duration step) {
  from.count = 0;
  return {step, merged({&from.total})};
}

std::vector<downsampler::row> downsampler::push(const sample& x) {
  std::vector<row> result;
  for (size_t i = 0; i < series_steps.size(); ++i) {
    auto step = series_steps[i];
    auto& open = open_[i];
    if (open.count > 0 && x.opened_at < open.total.closed_at)
      open.count = 0; // A clock that was set back.
    auto begun = open.count > 0 ? open.total.opened_at : x.opened_at;
    if (step_number(x.opened_at, step) != step_number(begun, step))
      result.push_back(take(open, step));
    add(open, x);
    if (
      step_number(x.closed_at, step) != step_number(open.total.opened_at, step))
      result.push_back(take(open, step));
  }
  return result;
}

std::vector<downsampler::row> downsampler::flush() {
  std::vector<row> result;
  for (size_t i = 0; i < series_steps.size(); ++i)
    if (open_[i].count > 0)
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
