#include "actors/monitor/stripe_pool.hpp"

namespace tuner {

namespace {

duration nanoseconds(uint64_t x) {
  return duration{static_cast<duration::rep>(x)};
}

} // namespace

stripe* stripe_pool::acquire() {
  std::lock_guard guard{mutex_};
  if (free_.empty()) {
    free_.reserve(all_.size() + 1);
    return all_.emplace_back(std::make_unique<stripe>()).get();
  }
  auto* reused = free_.back();
  free_.pop_back();
  return reused;
}

void stripe_pool::release(stripe* x) {
  std::lock_guard guard{mutex_};
  free_.push_back(x);
}

sample stripe_pool::take() {
  std::lock_guard guard{mutex_};
  sums now;
  for (auto& x : all_)
    now.add(*x);
  auto taken = now.since(taken_);
  taken_ = now;
  take_events(taken);
  return taken;
}

void stripe_pool::take_events(sample& to) {
  auto collect_arrivals = [this] {
    for (auto& x : all_)
      if (auto* found = x->arrivals.find())
        arrivals_.collect(*found);
  };
  collect_arrivals();
  auto now = now_ns();
  collect_arrivals();
  arrivals_.report(now, to);
  for (auto& x : all_) {
    if (auto* found = x->batch_records.find())
      batches_.collect(*found);
    if (auto* found = x->cache_keys.find())
      keys_.collect(*found);
  }
  batches_.report(to);
  cache_keys_below_.store(keys_.report(to), std::memory_order_relaxed);
}

void stripe_pool::sample_cache_keys_below(uint64_t threshold) {
  std::lock_guard guard{mutex_};
  keys_.change_threshold(threshold);
  cache_keys_below_.store(threshold, std::memory_order_relaxed);
}

std::size_t stripe_pool::size() const {
  std::lock_guard guard{mutex_};
  return all_.size();
}

void stripe_pool::sums::add(const stripe& x) {
  for (std::size_t i = 0; i < bucket_count_max; ++i)
    latencies[i] += x.latencies[i].read();
  latency_sum += x.latency_sum.read();
  failed += x.failed.read();
  invalid += x.invalid.read();
  offered += x.offered.read();
  batches += x.batches.read();
  batched_requests += x.batched_requests.read();
  busy += x.busy.read();
  cache_hits += x.cache_hits.read();
  cache_misses += x.cache_misses.read();
}

sample stripe_pool::sums::since(const sums& before) const {
  sample result;
  for (std::size_t i = 0; i < bucket_count_max; ++i) {
    auto count = latencies[i] - before.latencies[i];
    if (count > 0)
      result.latencies.push_back({static_cast<uint16_t>(i), count});
    result.completed += count;
  }
  result.latency_sum = nanoseconds(latency_sum - before.latency_sum);
  result.failed = failed - before.failed;
  result.invalid = invalid - before.invalid;
  if (offered > 0) // Ever: a host that reports arrivals may have a quiet
                   // second.
    result.offered = static_cast<double>(offered - before.offered);
  result.batches = batches - before.batches;
  result.batched_requests = batched_requests - before.batched_requests;
  result.busy = nanoseconds(busy - before.busy);
  result.cache_hits = cache_hits - before.cache_hits;
  result.cache_misses = cache_misses - before.cache_misses;
  return result;
}

} // namespace tuner
