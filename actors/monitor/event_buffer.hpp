#pragma once

#include "actors/monitor/lone_counter.hpp"
#include "messages/sample.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tuner {

// What one thread hands to whoever takes samples, beyond its counters: single
// events, of 64 bits each. One thread writes at a time, one reads at a time,
// both without a lock and at the same time. Writers change when a thread
// leaves its stripe to another; whatever hands over the stripe orders them.

/// Keeps the oldest events that were not taken yet, up to its capacity; newer
/// ones are lost until the next `take`.
class event_queue {
public:
  static constexpr std::size_t capacity = 2048; ///< 16 KiB.

  /// @returns whether the next event will be kept. For the writer.
  bool has_room() const {
    // Acquire: the slot about to be written was read before it was freed.
    return added_.load(std::memory_order_relaxed)
      - taken_.load(std::memory_order_acquire)
      < capacity;
  }

  /// Adds an event, or counts it as lost. For the writer.
  void add(uint64_t event) {
    if (!has_room())
      return lost_.add(1);
    auto at = added_.load(std::memory_order_relaxed);
    slots_[at % capacity].store(event, std::memory_order_relaxed);
    added_.store(at + 1, std::memory_order_release);
  }

  /// What was found by one `take`.
  struct outcome {
    std::size_t kept = 0;
    uint64_t lost = 0;

    bool full() const { return kept == capacity; }
  };

  /// Moves what was added to the end of `to`, in that order. There is no gap
  /// in it: what is lost came after what is kept, or before, and then counts
  /// as lost even if it was when the last call was under way. For the reader.
  outcome take(std::vector<uint64_t>& to);

private:
  std::array<std::atomic<uint64_t>, capacity> slots_{};
  std::atomic<uint64_t> added_{0}; ///< Ever.
  std::atomic<uint64_t> taken_{0}; ///< Ever.
  lone_counter<uint64_t> lost_;    ///< Ever.
  uint64_t lost_before_ = 0;       ///< The reader's: up to the last `take`.
};

/// Keeps the newest events that were not taken yet, up to its capacity.
class event_ring {
public:
  static constexpr std::size_t capacity = batch_records_max;

  /// Adds an event, in the place of the oldest if need be. For the writer.
  void add(uint64_t event) {
    auto at = added_.load(std::memory_order_relaxed);
    // Release: who reads this event sees that all before it were added.
    slots_[at % slots_.size()].store(event, std::memory_order_release);
    added_.store(at + 1, std::memory_order_release);
  }

  /// Moves the newest events to the end of `to`, in the order they came. For
  /// the reader.
  void take(std::vector<uint64_t>& to);

private:
  // Twice as many, so that the writer seldom reaches what is being read.
  std::array<std::atomic<uint64_t>, 2 * capacity> slots_{}; ///< 4 KiB.
  std::atomic<uint64_t> added_{0};                          ///< Ever.
  uint64_t taken_ = 0; ///< The reader's: taken or given up, ever.
};

} // namespace tuner
