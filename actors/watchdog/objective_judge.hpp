#pragma once

#include "actors/watchdog/judge.hpp"

namespace tuner {

/// The threshold rule for a tuner with an objective: p95 that rises within the
/// objective is what was bought, so a change did harm when p95 is worse by more
/// than the threshold *and* over the objective, or when completed ÷ offered is
/// lower by more than the threshold. Where the objective was missed by far
/// already, p95 blames nothing; where the load rose by more than a tenth
/// since before the change, nothing is blamed on it.
///
/// Without an objective every rise by more than the threshold counts.
class objective_judge : public judge {
public:
  explicit objective_judge(judge_params params) : params_(std::move(params)) {}

  std::string_view name() const override { return "objective"; }

  std::optional<verdict> consider(const trial_view& x) const override;

private:
  judge_params params_;
};

} // namespace tuner
