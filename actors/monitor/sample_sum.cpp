#include "actors/monitor/sample_sum.hpp"

#include "actors/monitor/histogram.hpp"

#include <algorithm>

namespace tuner {

namespace {

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

double ratio(uint64_t part, uint64_t whole) {
  return ratio(static_cast<double>(part), static_cast<double>(whole));
}

/// @returns `x` nanoseconds, within what a duration holds.
duration from_ns(double x) {
  return duration{static_cast<duration::rep>(std::clamp(x, 0.0, 9e18) + 0.5)};
}

duration bucket_midpoint_near(duration x) {
  return bucket_midpoint(bucket_of(static_cast<uint64_t>(x.count())));
}

void fill_latencies(
  observation& seen, const histogram& latencies, double sum_ns) {
  auto mean_ns = ratio(sum_ns, static_cast<double>(seen.completed));
  seen.latency_mean = from_ns(mean_ns);
  auto [p50, p95, p99] = latencies.quantiles();
  // Where all latencies are nearly the same, their mean says more than the
  // middle of their bucket: a constant latency comes out exact.
  if (
    latencies.in_one_bucket() && bucket_midpoint_near(seen.latency_mean) == p50)
    p50 = p95 = p99 = seen.latency_mean;
  seen.latency_p50 = p50;
  seen.latency_p95 = p95;
  seen.latency_p99 = p99;
}

void fill_figures(observation& seen, const sample_sum& all) {
  seen.opened_at = all.opened_at;
  seen.closed_at = all.closed_at;
  seen.in_force = *all.in_force;
  seen.completed = all.completed;
  seen.failed = all.failed;
  seen.invalid = all.invalid;
  seen.offered = all.offered;
  seen.batches = all.batches;
  seen.batch_size_mean = ratio(all.batched_requests, all.batches);
  seen.busy_workers =
    ratio(all.busy_ns, static_cast<double>(seen.length().count()));
  auto accesses = all.cache_hits + all.cache_misses;
  if (accesses > 0)
    seen.cache_hit_ratio = ratio(all.cache_hits, accesses);
  seen.queue_length = all.queue_length.mean();
  seen.memory_used_ratio = all.memory_used_ratio;
  seen.memory_mib = all.memory_mib;
  seen.cpu_cores = all.cpu_cores.mean();
}

} // namespace

sample_sum::sample_sum(const sample& x, const sample_sum* like)
  : opened_at(x.opened_at), closed_at(x.closed_at),
    in_force_since(x.in_force_since),
    in_force(
      like != nullptr && *like->in_force == x.in_force
        ? like->in_force
        : std::make_shared<const settings>(x.in_force)),
    latencies(x.latencies),
    latency_ns(static_cast<double>(x.latency_sum.count())),
    busy_ns(static_cast<double>(x.busy.count())), completed(x.completed),
    failed(x.failed), invalid(x.invalid), batches(x.batches),
    batched_requests(x.batched_requests), cache_hits(x.cache_hits),
    cache_misses(x.cache_misses), offered(x.offered),
    queue_length(x.queue_length), cpu_cores(x.cpu_cores),
    memory_used_ratio(x.memory_used_ratio), memory_mib(x.memory_mib) {}

void sample_sum::add(const sample_sum& later) {
  add_figures(later);
  latencies = latencies + later.latencies;
}

void sample_sum::add_figures(const sample_sum& later) {
  closed_at = later.closed_at;
  in_force_since = later.in_force_since;
  in_force = later.in_force;
  latency_ns += later.latency_ns;
  busy_ns += later.busy_ns;
  completed += later.completed;
  failed += later.failed;
  invalid += later.invalid;
  batches += later.batches;
  batched_requests += later.batched_requests;
  cache_hits += later.cache_hits;
  cache_misses += later.cache_misses;
  offered =
    offered && later.offered ? reading{*offered + *later.offered} : reading{};
  queue_length.add(later.queue_length);
  cpu_cores.add(later.cpu_cores);
  if (later.memory_used_ratio)
    memory_used_ratio = later.memory_used_ratio;
  if (later.memory_mib)
    memory_mib = later.memory_mib;
  samples += later.samples;
}

observation seen_in(const std::vector<const sample_sum*>& newest_first) {
  auto all = *newest_first.back();
  histogram latencies;
  latencies.merge_packed(all.latencies);
  for (auto i = newest_first.rbegin() + 1; i != newest_first.rend(); ++i) {
    all.add_figures(**i);
    latencies.merge_packed((*i)->latencies);
  }
  observation seen;
  fill_figures(seen, all);
  fill_latencies(seen, latencies, all.latency_ns);
  return seen;
}

} // namespace tuner
