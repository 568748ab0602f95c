#pragma once

#include "actors/monitor/event_buffer.hpp"
#include "messages/sample.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace tuner {

// What is read from the event buffers of all threads, put together for a
// sample. All of it is for one thread at a time, and none of it reads a clock.

/// @returns a batch in 64 bits: 24 for the size, 8 for the others running, both
/// saturating, and 32 for the service time.
constexpr uint64_t
packed(uint64_t size, uint64_t others_running, uint64_t service_ns) {
  auto ms = std::bit_cast<uint32_t>(static_cast<float>(service_ns) * 1e-6f);
  return std::min<uint64_t>(size, (1 << 24) - 1) << 40
    | std::min<uint64_t>(others_running, 255) << 32 | ms;
}

/// @returns the batch in `bits`.
batch_record unpacked(uint64_t bits);

/// The batches of one period: of each thread the newest, at most
/// `event_ring::capacity`, and of all these an even choice.
class batch_list {
public:
  /// Takes the batches of one thread.
  void collect(event_ring& from) { from.take(batches_); }

  /// Closes the period.
  void report(sample& to);

private:
  std::vector<uint64_t> batches_;
};

/// When requests arrived in one period. Instants are nanoseconds of a
/// monotonic clock.
///
/// Close a period by collecting all threads' arrivals, reading the clock, and
/// collecting once more. Then a sample has all arrivals up to that instant,
/// and a thread that ran out of room has room again since before it. Left
/// out are arrivals whose recording is under way; they come first in the next
/// sample, with 0 us.
class arrival_list {
public:
  explicit arrival_list(uint64_t opened_ns) : opened_(opened_ns) {}

  /// Takes the arrivals of one thread. If it ran out of room, nothing after
  /// its last one is complete.
  void collect(event_queue& from);

  /// Closes the period at `now_ns`; the next one opens. Reports nothing if
  /// there never was an arrival.
  void report(uint64_t now_ns, sample& to);

private:
  static constexpr auto never = std::numeric_limits<uint64_t>::max();

  uint64_t opened_;
  std::vector<uint64_t> arrivals_; ///< Not reported yet.
  uint64_t complete_until_ = never;
  bool any_ = false; ///< Ever.
};

} // namespace tuner
