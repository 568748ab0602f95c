#pragma once

#include "actors/monitor/event_buffer.hpp"
#include "messages/sample.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace tuner {

/// The keys of one period's cache accesses, those below a threshold: a sample
/// of the keys with all their accesses, by which a cache can be replayed in
/// small (Waldspurger et al., "Efficient MRC Construction with SHARDS",
/// FAST 2015). For this the hashes must be spread evenly.
///
/// In the order of each thread, and thread after thread: how the threads
/// interleaved is not known.
class key_list {
public:
  static constexpr auto all_keys = std::numeric_limits<uint64_t>::max();

  /// Lowers or raises the threshold within a period. A sample reports the
  /// lowest that held in its period.
  void change_threshold(uint64_t below);

  /// Takes the keys of one thread.
  void collect(event_queue& from);

  /// Closes the period. If keys were lost, there are none in the sample, for
  /// what is left is not what the cache was asked for. Then, and if there are
  /// more than `cache_keys_max`, the threshold falls, so far that the same
  /// accesses would half fill what was too small; but not for losses in a
  /// period that saw it changed.
  /// @returns the threshold from now on.
  uint64_t report(sample& to);

private:
  void drop_above_lowest();
  uint64_t lowered() const;

  uint64_t threshold_ = all_keys;
  uint64_t lowest_ = all_keys; ///< In this period.
  bool changed_ = false;       ///< The threshold, in this period.
  std::vector<uint64_t> keys_;
  uint64_t lost_ = 0;
  uint64_t busiest_ = 0; ///< Keys of one thread, kept or lost.
  bool any_ = false;     ///< Ever.
};

} // namespace tuner
