#pragma once

#include "actors/monitor/packed_counts.hpp"
#include "messages/sample.hpp"

#include <memory>
#include <vector>

namespace tuner {

/// When requests arrived during one sample: to a tenth of a millisecond, or
/// where they are many, how many in each millisecond, so that memory is
/// bounded.
class arrival_record {
public:
  /// Arrivals that a sample does not name one by one are spread evenly over the
  /// time that it names none for.
  explicit arrival_record(const sample& x);

  /// Appends them, ascending, in seconds after `epoch`.
  void append_to(std::vector<double>& result, instant epoch) const;

  size_t count() const { return count_; }

private:
  instant opened_at_;
  bool few_;
  /// Few: tenths of a millisecond between one and the next, the first after
  /// `opened_at_`. Else how many in each millisecond.
  packed_numbers numbers_;
  size_t count_;
};

/// What is kept of a sample to compare it with a replay.
struct moment {
  /// @param like may have the same settings: they are shared then.
  explicit moment(const sample& x, const moment* like = nullptr);

  instant opened_at;
  instant closed_at;
  arrival_record arrivals;
  packed_counts latencies;
  uint64_t completed;
  uint64_t cache_hits;
  double batched_share; ///< Of the requests: not answered by the cache.
  double busy_seconds;
  double waiting; ///< Queue length at the end.
  std::shared_ptr<const settings> in_force;
  bool mixed; ///< Settings changed in its middle.
};

/// p95 and geometric mean of latencies, in ln(seconds).
struct latency_summary {
  uint64_t count = 0;
  double p95 = 0;
  double body = 0;
};

/// @returns them for these moments, of all but the `fastest` ones. Nothing is
/// known if the count is 0.
latency_summary summary_of(
  const moment* const* begin, const moment* const* end, uint64_t fastest);

/// @returns groups of moments, each [first, last) by index and long enough to
/// have a p95: of those wholly in [from, to] and not mixed.
std::vector<std::pair<size_t, size_t>>
windows_of(const std::vector<const moment*>& moments);

} // namespace tuner
