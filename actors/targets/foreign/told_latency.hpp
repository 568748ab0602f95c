#pragma once

#include "actors/targets/foreign/counters.hpp"
#include "actors/targets/foreign/latency_shape.hpp"

#include <map>
#include <string>
#include <vector>

namespace tuner {

/// Gathers the latencies that one scrape tells of, as a Prometheus histogram or
/// summary of any number of label sets; in the host's unit.
class told_latency {
public:
  /// One bucket: so many were at most `le`.
  void add_bucket(const series_view& x, const growth& by);
  void add_sum(const growth& by);
  void add_count(const growth& by);

  /// One quantile of a summary, as the host shows it.
  void add_quantile(const series_view& x);

  /// @returns how many latencies were counted, if anything tells.
  std::optional<double> count() const;

  /// @returns how they are spread, in seconds. @param scale of the unit.
  latency_shape shape(double scale) const;

  /// @returns whether summaries of several label sets were found: nobody can
  /// add up quantiles.
  bool several_summaries() const;

private:
  struct bucket {
    double le = 0;
    growth by;
  };

  std::map<std::string, std::vector<bucket>> histograms_; ///< By label set.
  std::vector<known_quantile> quantiles_;
  std::optional<double> sum_;
  std::optional<double> count_;
};

} // namespace tuner
