#pragma once

#include "actors/analyzer/cache/cache_costs.hpp"

#include <optional>

namespace tuner {

/// What was measured of a filled cache at one size.
struct cache_evidence {
  double size_mib = 0;
  double hits = 0;
  double misses = 0;

  double accesses() const { return hits + misses; }
  double miss_ratio() const { return accesses() > 0 ? misses / accesses() : 1; }
};

/// How the climber walks.
struct climber_params {
  double accesses_min = 10'000;  ///< Fewer at one size are no evidence.
  double accesses_max = 100'000; ///< With more, a doubtful size is judged.
  double step = 1.25;            ///< First factor; 1 ÷ step when shrinking.
  double step_min = 1.06;        ///< Least factor, or one step of the knob.
  double step_max = 1.5;
  double shift = 0.05; ///< Of the hit ratio: the traffic may be another one.
};

/// Finds the size of a cache whose keys are not known by trying: a step pays if
/// the work of the misses it saves outweighs the memory it takes. While it pays
/// it goes on in that direction, from the third step on by half as much again
/// (in the logarithm); else it turns, with half the step. It rests when small
/// steps failed twice, and so both ways, and one back paid. Both sizes are
/// priced at the present rate, so that a change of traffic is not blamed on the
/// step. Where misses rise in a larger cache, that is traffic's doing: it sets
/// out again from there. Where they rise by more than `shift` in a smaller one,
/// it may be: it goes all the way back, and sets out again if they are as many
/// there. So it does where the hits change at rest.
///
/// Doubtful as long as the difference in cost is within two standard errors,
/// √(p(1−p)/n) of either miss ratio p after n accesses; then more is waited
/// for. Fails where the hit ratio drifts as much as a step moves it.
class cache_climber {
public:
  explicit cache_climber(climber_params p = {}) : params_(p) {}

  /// The size is another one, whoever changed it. `left` is the evidence at the
  /// size that was left.
  void moved(const cache_evidence& left, double to_mib);

  /// @returns the size to try next, in MiB; nothing if there is not enough
  /// evidence yet, or no better size in sight. Asks again as often as asked.
  std::optional<double> next(
    const cache_evidence& now, const cache_costs& costs,
    const size_bounds& within);

private:
  bool judge(const cache_evidence& now, const cache_costs& costs);
  void go_on();
  void turn();
  void turn_smaller();
  bool is_shift(const cache_evidence& now);
  bool rests(const cache_evidence& now);
  void set_out();

  climber_params params_;
  std::optional<cache_evidence> before_; ///< At the size stepped from.
  bool growing_ = true;
  double step_log_ = 0;  ///< 0: as on the first day.
  double least_log_ = 0; ///< Of a step.
  int paid_ = 0;         ///< Steps in a row that did.
  int failed_ = 0;       ///< Small steps, since three in a row paid.
  bool resting_ = false;
  /// At rest; or at the size that it goes back to from where there were many
  /// more misses, for a while.
  std::optional<cache_evidence> usual_;
};

} // namespace tuner
