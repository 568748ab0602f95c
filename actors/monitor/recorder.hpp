#pragma once

#include "actors/monitor/histogram.hpp"
#include "actors/monitor/recordable.hpp"
#include "actors/monitor/stripe_pool.hpp"
#include "messages/sample.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace tuner {

/// Whether a recorder tells when requests arrived, by the clock of the machine.
/// What plays in simulated time ignores it.
enum class arrival_times { kept, ignored };

/// Counts what a host does, at a few nanoseconds a call and without a lock:
/// each thread writes to a stripe of its own. Any thread may record at any
/// time while the recorder lives; there may be many recorders. The first call
/// of a thread registers it and takes a lock; the first of each kind allocates
/// memory and may throw `std::bad_alloc`.
class recorder {
public:
  /// Throws `std::system_error` if threads can't be told about their end.
  explicit recorder(arrival_times times = arrival_times::kept);
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  /// A request arrived. Reads the clock for the first 2048 of a thread between
  /// two calls of `take`.
  void record_arrival() {
    auto& to = mine();
    to.offered.add(1);
    if (!keeps_times_)
      return;
    if (auto& times = to.arrivals.get(); times.has_room())
      times.add(stripe_pool::now_ns());
  }

  /// A request was answered, or failed, after `latency`. Failed ones are only
  /// counted; so is an unusable latency (see `recordable_ns`), as invalid.
  template <class Rep, class Period>
  void record_request(std::chrono::duration<Rep, Period> latency, bool ok) {
    auto& to = mine();
    if (auto ns = recordable_ns(latency); !ns) {
      to.invalid.add(1);
    } else if (!ok) {
      to.failed.add(1);
    } else {
      to.latencies[bucket_of(*ns)].add(1);
      to.latency_sum.add(*ns);
    }
  }

  /// A batch of `size` requests was served in `service`, having started while
  /// `others_running` other batches ran. Invalid for an unusable `service`
  /// and for sizes of 2^32 and more.
  template <class Rep, class Period>
  void record_batch(
    uint64_t size, uint64_t others_running,
    std::chrono::duration<Rep, Period> service) {
    auto& to = mine();
    auto ns = recordable_ns(service);
    if (!ns || size > std::numeric_limits<uint32_t>::max())
      return to.invalid.add(1);
    to.batches.add(1);
    to.batched_requests.add(size);
    to.busy.add(*ns);
    to.batch_records.get().add(packed(size, others_running, *ns));
  }

  /// The cache was asked for the key with this hash. Hashes must be spread
  /// evenly over all 64 bits: they are taken as they are.
  void record_cache_access(uint64_t key_hash, bool hit) {
    auto& to = mine();
    (hit ? to.cache_hits : to.cache_misses).add(1);
    if (key_hash < pool_->cache_keys_below())
      to.cache_keys.get().add(key_hash);
  }

  /// From now on keeps only keys whose hash is below `threshold`: a share of
  /// `threshold` / 2^64 of all keys. Until the first call it keeps all keys
  /// but 2^64 - 1. It keeps fewer by itself where they are too many, never
  /// more (see `key_list`).
  void sample_cache_keys_below(uint64_t threshold) {
    pool_->sample_cache_keys_below(threshold);
  }

  /// @returns everything recorded since the last call (see
  /// `stripe_pool::take`). What is offered is known once an arrival was ever
  /// recorded.
  sample take() { return pool_->take(); }

  /// @returns how many threads ever recorded at the same time.
  std::size_t stripe_count() const { return pool_->size(); }

private:
  /// Where the calling thread writes for the recorder with this id.
  struct shortcut {
    uint64_t id;
    stripe* own;
  };

  stripe& mine() {
    auto& known = shortcuts_[id_ % shortcuts_.size()];
    if (known.id == id_) [[likely]]
      return *known.own;
    return find_or_register();
  }

  stripe& find_or_register();
  static void leave(void* registrations);

  // Trivially destructible and constant-initialised: reading it takes no
  // guard, and it outlives everything else that the thread owns. Ids are
  // never reused, so an entry of a recorder that is gone is never hit.
  static inline constinit thread_local std::array<shortcut, 32> shortcuts_{};

  const uint64_t id_;
  const bool keeps_times_;
  const std::shared_ptr<stripe_pool> pool_;
};

} // namespace tuner
