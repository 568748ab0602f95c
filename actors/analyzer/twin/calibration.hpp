#pragma once

#include "actors/analyzer/twin/planner.hpp"
#include "actors/monitor/histogram.hpp"
#include "actors/monitor/packed_counts.hpp"

namespace tuner::twin {

/// @returns the p95 in ms that the model gives the arrivals of the last `span`
/// seconds, on the settings in force; 0: too little is known of them.
double replayed_ms(
  double span, const service_model& model, const traffic& arrivals,
  const situation& here, const std::vector<double>& normal);

/// How far the twin is off: measured p95 against that of a replay of the
/// arrivals that really came, on the settings that really were in force, so
/// that a change of load does not count as an error of the model.
class calibration {
public:
  /// Notes a sample. Windows of ten seconds on unchanged settings are compared.
  void learn(
    const sample& x, const service_model& model, const traffic& arrivals,
    const situation& here, const std::vector<double>& normal);

  /// Leaves a sample out that tells of a backlog from before, not of the
  /// settings in force, and starts a window after it.
  void skip();

  /// @returns ln(measured ÷ replayed), slowly averaged; within ±0.4.
  double bias() const { return bias_; }

  /// @returns how far single windows are off from that, as a ratio.
  double error() const { return error_; }

  size_t windows() const { return windows_; }

  /// @returns the p95 of the last ten seconds in ms; 0: none.
  double recent_p95_ms() const { return recent_p95_ms_; }

  /// @returns the p95 that the model gives the arrivals of the same time; 0:
  /// unknown.
  double recent_replayed_ms() const { return recent_replayed_ms_; }

  /// @returns how many windows on the present settings, up to the last one, had
  /// a p95 above this: 0, 1 or 2.
  int misses_in_a_row(double slo_ms) const {
    return recent_p95_ms_ > slo_ms ? 1 + (earlier_p95_ms_ > slo_ms) : 0;
  }

private:
  void compare(double measured_ms, double replayed_ms);

  std::vector<std::pair<packed_counts, double>> last_; ///< Lengths.
  instant in_force_since_{};
  double gathered_ = 0; ///< Seconds since the last comparison.
  double bias_ = 0;
  double error_ = 0.01; ///< As on a host that luck alone makes differ.
  double recent_p95_ms_ = 0;
  double recent_replayed_ms_ = 0;
  double earlier_p95_ms_ = 0; ///< Of the window before.
  size_t windows_ = 0;
};

} // namespace tuner::twin
