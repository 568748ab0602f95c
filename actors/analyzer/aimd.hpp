#pragma once

#include "actors/analyzer/policy.hpp"

namespace tuner {

/// Constants of AIMD: those of its sources where they name any.
struct aimd_params {
  double increase = 1;        ///< Requests added on success (Netflix).
  double backoff_ratio = 0.9; ///< Factor on a miss (Netflix; Clipper: -10 %).
  double in_use_ratio = 0.5;  ///< Less of the limit in use: no growth.
  double timeout_ms = 5000;   ///< A miss where there is no objective.
  double missed_quantile = 0.05; ///< More failed requests than this: a miss.
};

/// Additive increase, multiplicative decrease on the batch size: a step of one
/// request up while p95 meets the objective, a tenth down when it does not.
///
///   missed:                n := max(min, floor(0.9 n))
///   met and in use:        n := min(max, n + 1)
///   met, less than half used: n stays
///
/// Sources: Clipper, NSDI'17, section 4.3.1: batch size by AIMD under a
/// latency objective, "a small multiplicative back-off, reducing the batch size
/// by 10 %"; `AIMDLimit` of Netflix concurrency-limits for +1, 0.9, the 5 s
/// that stand for a drop, and the refusal to grow while `2 * inflight < limit`.
/// What is in use is the mean batch where the target reports batches, else the
/// requests in flight by Little's law (rate times mean latency). They step per
/// request or batch, this steps once per decision; bounds are the knob's.
///
/// It knows neither waiting nor the cost of a batch: the timeout stays as it
/// is, and under overload a smaller batch makes matters worse.
class aimd_policy : public policy {
public:
  explicit aimd_policy(objective aim, aimd_params params = {})
    : aim_(aim), params_(params) {}

  std::string_view name() const override { return "aimd"; }
  void aim_at(const objective& x) override { aim_ = x; }

  decision decide(const observation& seen, const knob_table& knobs) override;

private:
  objective aim_;
  aimd_params params_;
};

} // namespace tuner
