#pragma once

#include "actors/monitor/histogram.hpp"
#include "app/simulation/simulated_host.hpp"

namespace tuner::simulation {

/// Counts latencies without searching for the buckets that are in use.
class dense_histogram {
public:
  void add(double seconds) {
    ++counts_[bucket_of(static_cast<uint64_t>(seconds * 1e9))];
    ++total_;
  }

  /// @returns the nearest-rank quantile in ms; 0 if nothing was counted.
  double quantile_ms(double q) const;

  uint64_t total() const { return total_; }
  void clear();

private:
  std::vector<uint32_t> counts_ = std::vector<uint32_t>(bucket_count_max);
  uint64_t total_ = 0;
};

/// What a simulated run came to. Windows are of 10 s and count as violating
/// when their p95, exactly, is over the objective, or when nothing is answered
/// while requests wait.
struct run_figures {
  uint64_t requests = 0; ///< Offered.
  double p50_latency_ms = 0;
  double p95_latency_ms = 0;
  double p99_latency_ms = 0;
  double slo_violation_ratio = 0;
  double settled_violation_ratio = 0;   ///< From the second minute on.
  double longest_violation_seconds = 0; ///< From the second minute on.
  double goodput_ratio = 0;             ///< Completed ÷ offered.
  double busy_workers = 0;
  double memory_mb = 0;

  /// The price of a run, in busy workers.
  double cost(double workers_per_gib) const {
    return busy_workers + workers_per_gib * memory_mb / 1024;
  }
};

/// Adds up a run. Ask `tick` to look at every second of it.
class run_meter : public listener {
public:
  explicit run_meter(reading p95_slo_ms) : p95_slo_ms_(p95_slo_ms) {}

  void arrived(double) override { ++offered_; }
  void answered(double, double latency) override {
    all_.add(latency);
    window_.push_back(latency);
  }
  void served(double, size_t, size_t, double took) override { busy_ += took; }

  /// @param at whole seconds, ascending; the host has advanced to it.
  void tick(uint64_t at, const simulated_host& host);

  run_figures result(double duration_seconds) const;

private:
  void close_window(uint64_t at, bool stuck);

  reading p95_slo_ms_;
  dense_histogram all_;
  std::vector<double> window_; ///< Latencies, in seconds.
  uint64_t offered_ = 0;
  double busy_ = 0;
  double memory_sum_ = 0;
  uint64_t ticks_ = 0;
  uint64_t windows_ = 0;
  uint64_t violations_ = 0;
  uint64_t settled_windows_ = 0;
  uint64_t settled_violations_ = 0;
  uint64_t in_a_row_ = 0;
  uint64_t longest_ = 0;
};

} // namespace tuner::simulation
