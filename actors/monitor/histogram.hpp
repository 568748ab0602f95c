#pragma once

#include "actors/monitor/packed_counts.hpp"
#include "messages/sample.hpp"
#include "messages/time.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tuner {

// Log-linear latency buckets, the idea of Gil Tene's HdrHistogram
// (http://hdrhistogram.org): every octave [2^k, 2^(k+1)) nanoseconds is cut
// into 64 buckets of equal width, so that counting is a shift and an add, and
// the relative error is the same everywhere.
//
//   v < 128:   bucket v, exact.
//   v < 2^42:  k = floor(log2 v), s = k - 6 low bits dropped,
//              bucket 64 s + (v >> s), where v >> s is in [64, 128).
//   above:     the last bucket.
//
// A bucket starting at a >= 64 * 2^s is 2^s wide, so its midpoint is at most
// 2^s / 2 <= a / 128 away from any value in it: 0.8 %. It fails to tell
// anything about latencies of more than 73 minutes.

/// Latencies are counted up to here: 2^42 ns, 73 minutes.
inline constexpr uint64_t latency_limit_ns = uint64_t{1} << 42;

/// How many latency buckets there are.
inline constexpr std::size_t bucket_count_max = 64 * (41 - 6) + 128;

/// @returns the bucket of a latency of `ns` nanoseconds.
constexpr uint16_t bucket_of(uint64_t ns) {
  auto limited = ns < latency_limit_ns ? ns : latency_limit_ns - 1;
  // Setting bit 6 makes all of [0, 128) drop no bits, without a branch.
  auto dropped = static_cast<unsigned>(std::bit_width(limited | 64)) - 7;
  return static_cast<uint16_t>(uint64_t{64} * dropped + (limited >> dropped));
}

/// @returns the middle of a bucket; of the last one if there is none such.
constexpr duration bucket_midpoint(std::size_t bucket) {
  auto index = bucket < bucket_count_max ? bucket : bucket_count_max - 1;
  if (index < 128)
    return duration{index};
  auto dropped = index / 64 - 1;
  auto start = (index - 64 * dropped) << dropped;
  return duration{start + (std::size_t{1} << dropped) / 2};
}

/// The quantiles that everybody looks at.
struct latency_quantiles {
  duration p50{};
  duration p95{};
  duration p99{};
};

/// Counts of latencies by bucket, merged from any number of samples.
class histogram {
public:
  /// Adds the counts of one sample, in any order.
  void merge(const std::vector<bucket_count>& counts);
  void merge_packed(const packed_counts& counts);

  /// @returns how many latencies were counted.
  uint64_t total() const { return total_; }

  /// @returns the ceil(q * total)-th smallest latency (nearest rank), good to
  /// 1/128; the smallest for q <= 0 or NaN, 0 if nothing was counted.
  duration quantile(double q) const;

  /// @returns p50, p95 and p99 in one pass.
  latency_quantiles quantiles() const;

  /// @returns whether there are latencies and all lie in one bucket.
  bool in_one_bucket() const;

private:
  void add(uint16_t bucket, uint32_t count);

  std::array<uint64_t, bucket_count_max> counts_{}; ///< 19 KB.
  uint64_t total_ = 0;
};

} // namespace tuner
