#pragma once

#include "actors/watchdog/judge.hpp"

namespace tuner {

/// The product's original check (B3): a change did harm when p95 is worse by
/// more than the threshold, or throughput is lower by more than the threshold.
/// Throughput is completed ÷ offered where both windows know what was offered,
/// so that a drop in traffic is no degradation (A10); else completed per
/// second. On the threshold exactly, a change is kept.
///
/// Blind to load: with no change at all it cries wolf on 2–9 % of windows under
/// smooth traffic, and always when the load halves or doubles near saturation.
class threshold_judge : public judge {
public:
  explicit threshold_judge(judge_params params) : params_(std::move(params)) {}

  void retune(const judge_params& p) override { params_ = p; }

  std::string_view name() const override { return "threshold"; }

  std::optional<verdict> consider(const trial_view& x) const override;

private:
  judge_params params_;
};

} // namespace tuner
