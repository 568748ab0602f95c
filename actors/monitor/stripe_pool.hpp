#pragma once

#include "actors/monitor/histogram.hpp"
#include "messages/sample.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace tuner {

/// A counter with one writer and any number of readers. It only grows, and
/// wraps around.
template <class T>
class lone_counter {
public:
  /// Adds `x`. A plain load and store: there is only one writer, so nothing
  /// can come between them, and no bus is locked.
  void add(T x) {
    value_.store(
      static_cast<T>(value_.load(std::memory_order_relaxed) + x),
      std::memory_order_relaxed);
  }

  /// @returns the sum of all that was added, modulo the range of `T`.
  T read() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<T> value_{0};
};

/// What one thread recorded, ever. Written by that thread only, and on cache
/// lines of its own, so that threads never wait for each other.
struct alignas(64) stripe {
  std::array<lone_counter<uint32_t>, bucket_count_max> latencies;
  lone_counter<uint64_t> latency_sum; ///< Nanoseconds.
  lone_counter<uint64_t> failed;
  lone_counter<uint64_t> invalid;
  lone_counter<uint64_t> offered;
  lone_counter<uint64_t> batches;
  lone_counter<uint64_t> batched_requests;
  lone_counter<uint64_t> busy; ///< Nanoseconds.
  lone_counter<uint64_t> cache_hits;
  lone_counter<uint64_t> cache_misses;
};

/// The stripes of one recorder. As many as threads ever recorded at the same
/// time: a thread that ends leaves its stripe, counts and all, to the next.
class stripe_pool {
public:
  /// @returns a stripe for the calling thread to write to.
  stripe* acquire();

  /// Takes back a stripe that its thread will not write to any more.
  void release(stripe* x);

  /// @returns everything counted since the last call, in the counting fields
  /// of a sample. Each stripe's counters only grow, so the difference between
  /// two sums over all stripes is exact even if the counters wrapped, as long
  /// as no bucket gets 2^32 latencies between two calls. A recording that is
  /// under way may be split between two samples, never lost or counted twice.
  sample take();

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

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<stripe>> all_;
  std::vector<stripe*> free_; ///< Has room for all: releasing never throws.
  sums taken_;
};

} // namespace tuner
