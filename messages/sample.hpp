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

/// One batch as it was served.
struct batch_record {
  uint32_t size = 0;           ///< Requests.
  uint32_t others_running = 0; ///< Batches already running when it began.
  float service_ms = 0;
};

template <class Inspector>
auto inspect(Inspector& f, batch_record& x) {
  return f(x.size, x.others_running, x.service_ms);
}

/// More are not kept of one sample.
inline constexpr std::size_t batch_records_max = 256;
inline constexpr std::size_t arrivals_max = 8192;
inline constexpr std::size_t cache_keys_max = 4096;

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
  std::vector<batch_record> batch_records; ///< Of all batches, or some.
  /// When requests arrived, in µs after `opened_at`, ascending. Complete from
  /// the beginning up to `arrivals_until` after `opened_at`; empty and 0 where
  /// the target does not say.
  std::vector<uint32_t> arrivals_us;
  duration arrivals_until{};
  std::vector<uint64_t> cache_keys; ///< Hashes below `cache_keys_below`, in
                                    ///< the order they were asked for.
  uint64_t cache_keys_below = 0;    ///< 0: the target names no keys.
  uint32_t workers = 0; ///< Batches it can serve at once; 0 is unknown.
  reading queue_length;
  reading memory_used_ratio;
  reading memory_mib;
  reading cpu_cores; ///< On average, up to halfway through the sample.
  settings in_force; ///< When the sample closed.
  std::vector<knob_move> edits; ///< Of others, since the last sample (A12).
  instant in_force_since{}; ///< Later than `opened_at`: the sample is mixed.
};

template <class Inspector>
auto inspect(Inspector& f, sample& x) {
  return f(
    x.opened_at, x.closed_at, x.latencies, x.latency_sum, x.completed, x.failed,
    x.invalid, x.offered, x.batches, x.batched_requests, x.busy, x.cache_hits,
    x.cache_misses, x.batch_records, x.arrivals_us, x.arrivals_until,
    x.cache_keys, x.cache_keys_below, x.workers, x.queue_length,
    x.memory_used_ratio, x.memory_mib, x.cpu_cores, x.in_force, x.edits,
    x.in_force_since);
}

/// @returns whether a sample tells anything. One of an idle target of which
/// nothing but requests is known does not.
inline bool tells(const sample& x) {
  return x.completed > 0 || x.failed > 0 || x.offered || x.batches > 0
    || x.cache_hits > 0 || x.cache_misses > 0 || x.queue_length
    || x.memory_used_ratio || x.memory_mib || x.cpu_cores;
}

} // namespace tuner
