#pragma once

#include "actors/monitor/event_lists.hpp"
#include "actors/monitor/key_list.hpp"
#include "actors/monitor/stripe.hpp"
#include "messages/sample.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace tuner {

/// The stripes of one recorder. As many as threads ever recorded at the same
/// time: a thread that ends leaves its stripe, counts and all, to the next.
class stripe_pool {
public:
  /// @returns a stripe for the calling thread to write to.
  stripe* acquire();

  /// Takes back a stripe that its thread will not write to any more.
  void release(stripe* x);

  /// @returns everything recorded since the last call, in the fields of a
  /// sample that are about requests, batches and cache. Each stripe's counters
  /// only grow, so the difference between two sums over all stripes is exact
  /// even if the counters wrapped, as long as no bucket gets 2^32 latencies
  /// between two calls. A recording that is under way may be split between two
  /// samples, never lost or counted twice.
  ///
  /// At most 2048 arrivals and cache keys of one stripe are kept between two
  /// calls; `arrival_list` and `key_list` tell what happens to the others.
  sample take();

  /// @returns what the clock for arrivals shows, in nanoseconds.
  static uint64_t now_ns() {
    auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<uint64_t>(since_start / duration{1});
  }

  /// Cache keys are kept if they are below this. Falls by itself; see
  /// `key_list`.
  uint64_t cache_keys_below() const {
    return cache_keys_below_.load(std::memory_order_relaxed);
  }

  /// Changes that.
  void sample_cache_keys_below(uint64_t threshold);

  /// @returns how many stripes there are.
  std::size_t size() const;

private:
  /// Sums over all stripes.
  struct sums {
    std::array<uint32_t, bucket_count_max> latencies{};
    uint64_t latency_sum = 0;
    uint64_t failed = 0;
    uint64_t invalid = 0;
    uint64_t offered = 0;
    uint64_t batches = 0;
    uint64_t batched_requests = 0;
    uint64_t busy = 0;
    uint64_t cache_hits = 0;
    uint64_t cache_misses = 0;

    void add(const stripe& x);
    sample since(const sums& before) const;
  };

  void take_events(sample& to);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<stripe>> all_;
  std::vector<stripe*> free_; ///< Has room for all: releasing never throws.
  sums taken_;
  // Read with every cache access: kept away from what changes with threads.
  std::atomic<uint64_t> cache_keys_below_{key_list::all_keys};
  batch_list batches_;
  arrival_list arrivals_{now_ns()};
  key_list keys_;
};

} // namespace tuner
