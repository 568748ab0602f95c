#pragma once

#include "messages/facts.hpp"
#include "messages/sample.hpp"

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
  uint64_t requests_min = 10;    ///< Fewer in a window are no evidence.
  reading p95_slo_ms;            ///< Unknown: no objective.
  double error_ratio_max = 0.01; ///< Failed ÷ ended that is tolerated.
  bool switchback = true; ///< Ask the old settings before blaming new ones.
};

/// What a look at a trial goes by.
struct trial_view {
  const change& what;        ///< The change on trial.
  const observation& before; ///< A window wholly before it.
  const observation& after;  ///< One wholly after it, up to now.
  instant now{};
  bool scheduled = false; ///< One of the checks that every trial has.
  bool last = false;      ///< No check comes after this one.
};

/// Says whether a change did harm. Free of clocks, actors and I/O, and total,
/// like a policy.
///
/// A verdict is final if it is `kept`, `rolled_back` or `inconclusive`. Two
/// others ask for a switchback: `doubted` for the old settings for a while,
/// `retried` for the new ones again. Both say so by `moved` once they are in
/// force, and the trial goes on.
class judge {
public:
  virtual ~judge() = default;

  /// @returns the name in config and logs.
  virtual std::string_view name() const = 0;

  /// Notes a sample, on trial or not.
  virtual void watch(const sample&) {}

  /// Judges by these from now on, and keeps what it has learned. Between two
  /// trials, and only with its own name.
  virtual void retune(const judge_params&) {}

  /// A trial begins: the change took effect.
  virtual void begin(const change&) {}

  /// What a switchback asked for took effect at `at`.
  virtual void moved(instant /*at*/) {}

  /// A trial ended: by this judge, or since something took its place.
  virtual void end(outcome) {}

  /// Looks once. Changes nothing.
  /// @returns `kept` or `rolled_back` with a reason in words and figures;
  ///   `inconclusive` where more time can't help; nothing while the evidence
  ///   is thin.
  virtual std::optional<verdict> consider(const trial_view& x) const = 0;

  /// Looks at the trial under way, once after each sample and once for each
  /// scheduled check.
  /// @returns as `consider`, or what a switchback needs next.
  virtual std::optional<verdict> look(const trial_view& x) {
    return x.scheduled ? consider(x) : std::nullopt;
  }
};

/// @returns the names that `judge_params::name` may have.
std::vector<std::string_view> judge_names();

/// @returns a new judge, or `nullptr` for an unknown name.
std::unique_ptr<judge> make_judge(const judge_params& params);

} // namespace tuner
