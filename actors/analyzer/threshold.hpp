#pragma once

#include "actors/analyzer/policy.hpp"

namespace tuner {

/// Constants of the threshold rule (spec A3), each a config value.
struct threshold_params {
  double batch_decrease_above_p95_ms = 1000;
  double batch_decrease_factor = 0.75;
  double batch_floor = 1;
  double batch_increase_below_rps = 10;
  double batch_increase_below_p95_ms = 500;
  double batch_increase_factor = 1.25;
  double batch_cap = 128;
  double timeout_decrease_above_rps = 50;
  double timeout_decrease_factor = 0.75;
  double timeout_floor_ms = 10;
  double timeout_increase_below_rps = 5;
  double timeout_increase_factor = 1.5;
  double timeout_cap_ms = 200;
  double cache_decrease_above_memory_ratio = 0.80;
  double cache_decrease_factor = 0.75;
  double cache_floor_mb = 1024;
  double cache_increase_below_memory_ratio = 0.50;
  double cache_increase_factor = 1.25;
  double cache_cap_mb = 8192;

  bool operator==(const threshold_params&) const = default;
};

/// The product's original rule: three independent if-then rules on p95,
/// throughput and memory use, each multiplying one knob. Results truncate to
/// whole numbers. All comparisons are strict: on a boundary the rule holds. A
/// decrease never raises a knob that is already below its floor, an increase
/// never lowers one above its cap; the rule holds instead. The cache rule needs
/// the memory use reported.
///
/// Blind to cause: under overload it shrinks the batch, which makes it worse.
/// The watchdog is what makes that safe.
class threshold_policy : public policy {
public:
  explicit threshold_policy(threshold_params params) : params_(params) {}

  std::string_view name() const override { return "threshold"; }

  decision decide(const observation& seen, const knob_table& knobs) override;

private:
  threshold_params params_;
};

} // namespace tuner
