#pragma once

#include "messages/facts.hpp"

#include <cstdint>
#include <vector>

namespace tuner {

/// How many latencies fell into one bucket of the latency histogram
/// (`actors/monitor/histogram.hpp`).
struct bucket_count {
  uint16_t bucket = 0;
  uint32_t count = 0;
};

template <class Inspector>
auto inspect(Inspector& f, bucket_count& x) {
  return f(x.bucket, x.count);
}

/// What a target reports for one sampling period, usually a second.
struct sample {
  instant opened_at{};
  instant closed_at{};
  std::vector<bucket_count> latencies; ///< Of completed requests, ascending.
  duration latency_sum{};              ///< Of the same requests.
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t invalid = 0; ///< Recordings refused.
  reading offered;      ///< Requests that arrived.
  uint64_t batches = 0;
  uint64_t batched_requests = 0;
  duration busy{}; ///< Service time of all batches together.
  uint64_t cache_hits = 0;
  uint64_t cache_misses = 0;
  reading queue_length;
  reading memory_used_ratio;
  reading memory_mib;
  reading cpu_cores;
  settings in_force;        ///< When the sample closed.
  instant in_force_since{}; ///< Later than `opened_at`: the sample is mixed.
};

template <class Inspector>
auto inspect(Inspector& f, sample& x) {
  return f(
    x.opened_at, x.closed_at, x.latencies, x.latency_sum, x.completed, x.failed,
    x.invalid, x.offered, x.batches, x.batched_requests, x.busy, x.cache_hits,
    x.cache_misses, x.queue_length, x.memory_used_ratio, x.memory_mib,
    x.cpu_cores, x.in_force, x.in_force_since);
}

} // namespace tuner
