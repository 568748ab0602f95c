#pragma once

#include "app/simulation/oracle.hpp"
#include "app/simulation/simulation.hpp"

#include <string>
#include <vector>

namespace tuner {

/// Batch size and timeout that a run begins with.
struct start_point {
  double batch_size = 32;
  double batch_timeout_ms = 50;

  bool operator==(const start_point&) const = default;
};

/// @returns `x` as `32/50`.
std::string to_string(const start_point& x);

/// Reads `32/50`. @returns whether `from` is one.
bool read_start(const std::string& from, start_point& to);

/// Reads seeds, as in `3`, `6-10` or `1,4,6-10`. @returns whether it could.
bool read_seeds(const std::string& from, std::vector<uint64_t>& to);

/// A simulation to be run.
struct planned_run {
  simulation::scenario what; ///< With seed, start and policy.
  simulation::recorded_trace trace;
};

/// @returns `what` begun at `start`. The usual start, 32/50, stands for that of
/// the scenario, where it has one of its own.
simulation::scenario
started_at(simulation::scenario what, const start_point& start);

/// What a run came to, and what it cost.
struct priced_run {
  simulation::run_figures figures;
  double settled_busy_workers = 0; ///< From the second minute on.

  /// @returns the price of the run, in busy workers.
  double cost() const;

  /// @returns the price from the second minute on.
  double settled_cost() const;
};

/// What a tuned run came to beside the best static settings for its scenario
/// and seed.
struct graded_run {
  priced_run tuned;
  priced_run best;
  double changes = 0;
  double rollbacks = 0;
  double converged_at_seconds = 0;

  double cost_over_best() const { return tuned.cost() / best.cost(); }
  double settled_cost_over_best() const {
    return tuned.settled_cost() / best.settled_cost();
  }

  /// @returns the share of windows that violate, above that of the best.
  double excess_violations() const {
    return violation_ratio() - best.figures.settled_violation_ratio;
  }

  /// @returns the share of windows that violate, from the second minute on.
  double violation_ratio() const {
    return tuned.figures.settled_violation_ratio;
  }
};

/// Runs all of `plan` on all cores. @returns what they came to, in that order;
/// independent of how many cores there are.
/// @param best for each run what the best static settings came to.
std::vector<graded_run> run_all(
  const std::vector<planned_run>& plan, const std::vector<priced_run>& best);

/// @returns what the best static settings for this scenario and seed come to.
priced_run run_oracle(
  const simulation::scenario& what, const simulation::recorded_trace& trace);

} // namespace tuner
