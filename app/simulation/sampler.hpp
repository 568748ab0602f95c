#pragma once

#include "actors/monitor/histogram.hpp"
#include "app/simulation/simulated_host.hpp"
#include "messages/sample.hpp"

namespace tuner::simulation {

/// Gathers what a simulated host does into samples, as the recorder does for a
/// real one.
class sampler : public listener {
public:
  sampler() { current_.offered = 0; }

  void arrived(double at) override;
  void answered(double at, double latency) override;
  void served(double at, size_t size, size_t others, double took) override;
  void looked_up(uint64_t key_hash, bool hit) override;

  /// @returns what happened since the last call; `at` seconds is now.
  sample take(double at);

private:
  void keep(const batch_record& x);
  void report_keys();

  sample current_;
  double opened_ = 0;
  double cut_ = 0; ///< Arrivals are complete up to here; 0: up to now.
  uint64_t keys_below_ = ~uint64_t{0}; ///< Falls where keys are too many.
  bool names_keys_ = false;            ///< Once a key was looked up.
  std::vector<uint32_t> counts_ = std::vector<uint32_t>(bucket_count_max);
  std::vector<uint16_t> used_; ///< Buckets with a count.
  example::random_source random_{1};
};

} // namespace tuner::simulation
