#pragma once

#include "actors/monitor/packed_numbers.hpp"
#include "messages/sample.hpp"

#include <cstdint>
#include <vector>

namespace tuner {

/// Counts of latencies by bucket, in two bytes or so each: most buckets follow
/// closely on the one before, and most counts are small.
class packed_counts {
public:
  packed_counts() = default;

  /// @param counts in any order; fewest bytes if ascending.
  explicit packed_counts(const std::vector<bucket_count>& counts);

  /// @returns them as they were given.
  std::vector<bucket_count> unpacked() const;

  /// Calls `f(bucket, count)` for each.
  template <class F>
  void for_each(F f) const {
    uint16_t bucket = 0;
    for (packed_numbers::reader from{numbers_}; !from.ended();) {
      bucket = static_cast<uint16_t>(bucket + from.next());
      f(bucket, from.next());
    }
  }

  /// @returns both together, ascending if these are.
  friend packed_counts
  operator+(const packed_counts& x, const packed_counts& y);

private:
  packed_numbers numbers_; ///< Bucket less the one before, and count, in turn.
};

} // namespace tuner
