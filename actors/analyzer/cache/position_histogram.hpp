#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tuner {

/// How much access weight fell on which position of the LRU stack: 1 is the
/// key asked for last. Positions below 64 have a bucket each; above, 64 share
/// an octave, so a bucket is at most 1.6 % wide. Weight counts as spread evenly
/// over its bucket. 32 KiB.
class position_histogram {
public:
  static constexpr std::size_t buckets = 64 * 59;

  /// @param position from 1 up; beyond 2^63 goes into the last bucket.
  void add(double position, double weight);

  /// Multiplies all weights by `factor`, which is from 0 to 1.
  void scale(double factor);

  /// @returns the weight of positions up to and with `position`.
  double weight_up_to(double position) const;

  /// @returns the weight of all positions.
  double total() const { return total_; }

  /// @returns the buckets that hold any weight, ascending, each with it.
  std::vector<std::pair<uint32_t, double>> filled() const;

  /// Adds weight to a bucket of `filled`.
  void fill(uint32_t bucket, double weight);

  /// @returns what it keeps on the heap, in bytes.
  std::size_t heap_bytes() const {
    return weights_.capacity() * sizeof(double);
  }

private:
  std::vector<double> weights_; ///< Empty before the first.
  double total_ = 0;
};

} // namespace tuner
