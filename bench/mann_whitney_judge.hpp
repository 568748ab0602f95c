#pragma once

#include "actors/watchdog/judge.hpp"

namespace tuner {

/// What a Mann-Whitney test says of two lists of figures.
struct shift_estimate {
  double middle = 0; ///< Hodges-Lehmann: the median of all differences.
  double low = 0;    ///< Bounds of its 98 % confidence interval.
  double high = 0;
};

/// @returns how much larger `after` is than `before`; neither may be empty.
///
/// The interval is that of the differences' order statistics, by the normal
/// approximation of U, without correction for ties: M. Hollander, D. A. Wolfe,
/// "Nonparametric Statistical Methods", section 4.3.
shift_estimate shift_between(
  const std::vector<double>& before, const std::vector<double>& after);

/// The rival: judges a change as Kayenta, Netflix's and Google's canary
/// analysis, judges a release (`MannWhitneyClassifier` of
/// https://github.com/spinnaker/kayenta). The p95 of each second before the
/// change against those after it; harm is where the lower bound of the shift,
/// at 98 %, is above a quarter of its estimate, and the means differ by more
/// than a quarter as well.
///
/// Sound under a fixed load. It knows nothing of load: where the load moves,
/// it blames or absolves the change for it.
class mann_whitney_judge : public judge {
public:
  std::string_view name() const override { return "mann_whitney"; }
  void watch(const sample& x) override;
  void begin(const change& what) override;
  void end(outcome how) override;
  std::optional<verdict> consider(const trial_view& x) const override;

private:
  std::vector<double> before_; ///< p95 by second, in ms.
  std::vector<double> after_;
  instant changed_at_{};
  bool trial_ = false;
};

} // namespace tuner
