#pragma once

#include "messages/facts.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// Constants of the judges.
struct judge_params {
  std::string name = "auto";              ///< One of `judge_names()`.
  double degradation_threshold = 0.20;    ///< Worse by more is a degradation.
  std::map<std::string, double> per_knob; ///< Overrides it for single knobs.
  uint64_t requests_min = 10; ///< Fewer in a window are no evidence.
  reading p95_slo_ms;         ///< Unknown: no objective.
};

/// Says whether a change did harm. Pure and total, like a policy.
class judge {
public:
  virtual ~judge() = default;

  /// @returns the name in config and logs.
  virtual std::string_view name() const = 0;

  /// @param what the change on trial.
  /// @param before a window wholly before it, @param after one wholly after.
  /// @returns `kept` or `rolled_back` with a reason in words and figures;
  ///   `inconclusive` where more time can't help; nothing while the evidence
  ///   is thin.
  virtual std::optional<verdict> consider(
    const change& what, const observation& before,
    const observation& after) = 0;
};

/// @returns the names that `judge_params::name` may have.
std::vector<std::string_view> judge_names();

/// @returns a new judge, or `nullptr` for an unknown name.
std::unique_ptr<judge> make_judge(const judge_params& params);

} // namespace tuner
