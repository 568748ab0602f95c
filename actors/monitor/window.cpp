#include "actors/monitor/window.hpp"

#include "actors/monitor/histogram.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace tuner {

namespace {

/// Samples to merge, newest first.
using run = std::vector<const sample*>;

bool mixed(const sample& x) {
  return x.in_force_since > x.opened_at;
}

bool same_settings(const sample& a, const sample& b) {
  return a.in_force_since == b.in_force_since && a.in_force == b.in_force;
}

/// @returns the newest run on one and the same settings within [from, to].
run newest_run(const std::deque<sample>& samples, instant from, instant to) {
  run found;
  for (auto i = samples.rbegin(); i != samples.rend(); ++i) {
    if (i->closed_at < from)
      break;
    if (i->opened_at < from || i->closed_at > to || mixed(*i))
      continue;
    if (!found.empty() && !same_settings(*i, *found.front()))
      break;
    found.push_back(&*i);
  }
  return found;
}

/// Mean, sum or last of the readings that are known.
struct readings {
  double sum = 0;
  std::size_t known = 0;
  reading newest;

  readings(const run& samples, reading sample::*which) {
    for (auto* x : samples) {
      auto& seen = x->*which;
      if (!seen)
        continue;
      if (known++ == 0)
        newest = seen;
      sum += *seen;
    }
  }

  reading mean() const {
    return known > 0 ? reading{sum / static_cast<double>(known)} : reading{};
  }
};

uint64_t total(const run& samples, uint64_t sample::*which) {
  uint64_t sum = 0;
  for (auto* x : samples)
    sum += x->*which;
  return sum;
}

/// @returns the sum in nanoseconds; no sample, however wrong, overflows it.
double total(const run& samples, duration sample::*which) {
  double sum = 0;
  for (auto* x : samples)
    sum += static_cast<double>((x->*which).count());
  return sum;
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

/// @returns `x` nanoseconds, within what a duration holds.
duration from_ns(double x) {
  return duration{static_cast<duration::rep>(std::clamp(x, 0.0, 9e18) + 0.5)};
}

duration bucket_midpoint_near(duration x) {
  return bucket_midpoint(bucket_of(static_cast<uint64_t>(x.count())));
}

double ratio(uint64_t part, uint64_t whole) {
  return ratio(static_cast<double>(part), static_cast<double>(whole));
}

void fill_latencies(observation& seen, const run& samples) {
  histogram merged;
  for (auto* x : samples)
    merged.merge(x->latencies);
  auto sum_ns = total(samples, &sample::latency_sum);
  auto mean_ns = ratio(sum_ns, static_cast<double>(seen.completed));
  seen.latency_mean = from_ns(mean_ns);
  auto [p50, p95, p99] = merged.quantiles();
  // Where all latencies are nearly the same, their mean says more than the
  // middle of their bucket: a constant latency comes out exact.
  if (merged.in_one_bucket() && bucket_midpoint_near(seen.latency_mean) == p50)
    p50 = p95 = p99 = seen.latency_mean;
  seen.latency_p50 = p50;
  seen.latency_p95 = p95;
  seen.latency_p99 = p99;
}

void fill_counts(observation& seen, const run& samples) {
  seen.completed = total(samples, &sample::completed);
  seen.failed = total(samples, &sample::failed);
  seen.invalid = total(samples, &sample::invalid);
  auto offered = readings{samples, &sample::offered};
  if (offered.known == samples.size())
    seen.offered = offered.sum;
  seen.batches = total(samples, &sample::batches);
  seen.batch_size_mean =
    ratio(total(samples, &sample::batched_requests), seen.batches);
  auto length_ns = static_cast<double>(seen.length().count());
  seen.busy_workers = ratio(total(samples, &sample::busy), length_ns);
  auto hits = total(samples, &sample::cache_hits);
  auto accesses = hits + total(samples, &sample::cache_misses);
  if (accesses > 0)
    seen.cache_hit_ratio = ratio(hits, accesses);
}

void fill_resources(observation& seen, const run& samples) {
  seen.queue_length = readings{samples, &sample::queue_length}.mean();
  seen.memory_used_ratio = readings{samples, &sample::memory_used_ratio}.newest;
  seen.memory_mib = readings{samples, &sample::memory_mib}.newest;
  seen.cpu_cores = readings{samples, &sample::cpu_cores}.mean();
}

} // namespace

observation merged(const std::vector<const sample*>& newest_first) {
  observation seen;
  seen.opened_at = newest_first.back()->opened_at;
  seen.closed_at = newest_first.front()->closed_at;
  seen.in_force = newest_first.front()->in_force;
  fill_counts(seen, newest_first);
  fill_latencies(seen, newest_first);
  fill_resources(seen, newest_first);
  return seen;
}

sample_ring::sample_ring(duration keep) : keep_(std::max(keep, duration{0})) {}

void sample_ring::push(sample x) {
  if (x.closed_at < x.opened_at)
    return;
  if (!samples_.empty() && x.closed_at < samples_.back().closed_at) {
    if (x.closed_at >= samples_.back().closed_at - keep_)
      return;
    samples_.clear();
  }
  // Details are for those who look at single samples, and large.
  x.batch_records = {};
  x.arrivals_us = {};
  x.cache_keys = {};
  samples_.push_back(std::move(x));
  auto oldest = samples_.back().closed_at - keep_;
  while (samples_.front().closed_at < oldest || samples_.size() > samples_max)
    samples_.pop_front();
}

observation sample_ring::window(instant from, instant to) const {
  observation seen;
  seen.opened_at = seen.closed_at = to;
  auto samples = newest_run(samples_, from, to);
  return samples.empty() ? seen : merged(samples);
}

observation sample_ring::latest(duration length) const {
  if (samples_.empty())
    return {};
  auto to = samples_.back().closed_at;
  return window(to - std::max(length, duration{0}), to);
}

} // namespace tuner
