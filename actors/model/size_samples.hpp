#pragma once

#include "actors/model/service_memory.hpp"

#include <cstddef>
#include <vector>

namespace tuner::model {

/// Sums over samples of one size. y is ln of seconds without drift, k the
/// batches that were running beside.
struct sample_totals {
  double count = 0, k = 0, y = 0;
};

struct sample_sums : sample_totals {
  double kk = 0, ky = 0, yy = 0;

  /// @returns sums of products about the means.
  double variation_of_k() const { return kk - k * k / count; }
  double variation_of_y() const { return yy - y * y / count; }
  double covariation() const { return ky - k * y / count; }
};

/// What was seen of batches of one size: as sums, each old sample counting a
/// little less with every new one, so that memory is bounded and learning costs
/// the same however much is known.
class size_samples {
public:
  /// Samples that the curve rests on.
  static constexpr double short_memory = 200;

  /// Samples that drift is told by. If these were as few, the noise of each
  /// would move the drift, and never move it back.
  static constexpr double long_memory = 5000;

  /// @param y ln of seconds without drift. @param k batches running beside.
  void add(double y, double k);

  /// @returns the sums of the short memory.
  sample_sums sums() const;

  const sample_totals& long_run() const { return long_run_; }

  /// @returns the mean time of a batch alone, in seconds without drift, if
  /// each one beside makes it longer by `contention`.
  double mean_seconds(double contention) const;

  size_memory memory(size_t size) const;

  /// @returns samples with the same sums as those that `x` is the memory of.
  static size_samples from(const size_memory& x);

private:
  /// Samples with about as many beside.
  struct group {
    double count = 0;
    double k = 0, y = 0, yy = 0;
    double seconds = 0;
  };

  group& group_of(double k);

  std::vector<group> groups_; ///< Some forty at most.
  sample_totals long_run_;
};

} // namespace tuner::model
