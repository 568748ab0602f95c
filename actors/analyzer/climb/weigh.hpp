#pragma once

#include "actors/analyzer/climb/recent.hpp"

namespace tuner::climb {

/// How two pieces of evidence differ in one figure.
struct difference {
  double log_ratio = 0; ///< Natural logarithm of after ÷ before.
  double error = 0;     ///< Its standard error.

  /// @returns whether it fell by more than `least` (a ratio) and by more than
  /// noise: two standard errors.
  bool fell(double least) const;
  bool rose(double least) const;
};

/// Compares the means of the logarithms of a figure over the parts; the
/// standard error comes from the spread among the parts (Welch), at least
/// 0.4 %. Nothing where the figure is missing or not above zero.
std::optional<difference> compare(
  const evidence& before, const evidence& after,
  double (*figure)(const picture&));

/// Weighs a step by the objective (A10):
/// - With less served, or p95 brought over the objective, it is no better.
/// - With an objective met before and after, and busy time seen, it is better
///   if that fell by over 1 % per request.
/// - Else it is better if p95 fell by over 2 %, or, p95 within 2 %, busy time
///   by over 2 %.
/// Busy time counts only where load is within 15 %; of a fall of p95 only what
/// is more than the fall of load.
/// @param p95_slo_ms unknown: as fast as possible.
/// @returns whether it is better; nothing if a figure is missing.
std::optional<bool>
weigh(const evidence& before, const evidence& after, const reading& p95_slo_ms);

/// @returns whether the load was near enough to compare: within 15 %.
bool same_load(const evidence& before, const evidence& after);

/// @returns how much more busy time a request takes, as a difference, where
/// that is seen and the load is the same.
std::optional<difference>
cost_difference(const evidence& before, const evidence& after);

} // namespace tuner::climb
