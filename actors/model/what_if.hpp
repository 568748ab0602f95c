#pragma once

#include "actors/model/service_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>

namespace tuner::model {

/// What a batcher may be set to.
struct batching {
  size_t size = 1;
  double timeout_seconds = 0;
};

/// The requests that candidates are tried on, and the luck of the batches:
/// the same for every candidate, so that differences are differences of the
/// candidates (common random numbers).
struct trial_load {
  std::vector<double> arrivals; ///< Seconds, ascending; the first ones may
                                ///< have waited since before 0.
  size_t scored_from = 0;       ///< Earlier requests only warm up.
  const std::vector<double>* luck = nullptr; ///< Factors of the time that a
                                             ///< batch takes; reused.
  size_t luck_from = 0;                      ///< That of the first batch.
};

/// What a candidate is expected to do.
struct expectation {
  double p95_ms = 0;
  double p95_sd_ms = 0; ///< Of the p95 between fifths of the load.
  double mean_ms = 0;
  double busy_workers = 0;
  size_t largest_batch = 0; ///< If no batch got full, any size above this
                            ///< would have done the same.
};

/// How a load went, request by request, in seconds.
struct replayed {
  std::vector<float> latencies;
  std::vector<float> shares; ///< Of the time that the batch took.
};

/// Serves a load by the rule of a batching host: a batch starts when a worker
/// is free and either `size` requests wait or the oldest has waited for the
/// timeout. Takes some 10 ns a request.
class what_if {
public:
  /// @param workers at least 1. @param quantile of the latency, in (0, 1).
  what_if(const service_table& service, size_t workers, double quantile);

  expectation run(const trial_load& load, const batching& how);

  /// Serves all of a load, whatever is scored, and tells of each request.
  void replay(const trial_load& load, const batching& how, replayed& result);

private:
  static constexpr size_t parts = 5;

  struct effort {
    double busy_seconds = 0; ///< Of all batches together.
    size_t largest_batch = 0;
  };

  effort
  serve(const trial_load& load, const batching& how, replayed* told = nullptr);
  void keep_largest(std::span<const float> part, size_t kept, float usual);
  std::array<double, parts> part_quantiles(size_t length);
  float whole_quantile();

  const service_table& service_;
  std::vector<double> free_at_;
  double quantile_;
  std::vector<float> latencies_; ///< Of the scored requests, in order.
  std::vector<float> largest_;   ///< Of each part; all others are at most
  float others_up_to_ = 0;       ///< this.
};

/// @returns the place of the ceil(q n)-th smallest of n.
inline size_t rank_of(double q, size_t n) {
  auto rank = static_cast<size_t>(std::ceil(q * static_cast<double>(n)));
  return std::clamp<size_t>(rank, 1, n) - 1;
}

/// @returns the ceil(q n)-th smallest of a range, whose order it changes; 0 if
/// it is empty.
template <class Iterator>
auto quantile_of(Iterator begin, Iterator end, double q) {
  if (begin == end)
    return std::iter_value_t<Iterator>{};
  auto n = static_cast<size_t>(end - begin);
  auto place = begin + static_cast<std::ptrdiff_t>(rank_of(q, n));
  std::nth_element(begin, place, end);
  return *place;
}

} // namespace tuner::model
