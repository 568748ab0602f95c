#pragma once

#include "app/simulation/figures.hpp"

namespace tuner::simulation {

/// Static settings and what they come to.
struct static_run {
  settings values;
  run_figures figures;
};

/// Runs the host on fixed settings, without a tuner.
static_run run_static(
  const scenario& what, const recorded_trace& trace, uint64_t seed,
  const standard_values& values);

/// Finds the best static settings, the future known: of those whose share of
/// violating windows (from the second minute on) is within half a point of the
/// least possible, or within 1 %, the cheapest. Without an objective, of those
/// within half a point of the best goodput the one with the least p95, then of
/// those within 2 % of it the cheapest. A grid over batch size and timeout
/// (and cache size, where there is one) first, then two rounds of refinement
/// around the best. Uses all cores; the result does not depend on how many.
static_run find_oracle(
  const scenario& what, const recorded_trace& trace, uint64_t seed,
  double workers_per_gib);

} // namespace tuner::simulation
