#pragma once

#include "app/simulation/figures.hpp"
#include "messages/facts.hpp"

namespace tuner::simulation {

/// A decision that took effect, in seconds since the start.
struct decision_record {
  uint64_t id = 0;
  double at = 0;
  change what;
  verdict judged; ///< `open` at the end of the run, perhaps.
  double judged_at = 0;
  reading undone_at; ///< Unknown: it was not undone.
};

/// What came of a tuned run.
struct simulation_result {
  std::string policy;
  std::string judge;
  run_figures figures;
  uint64_t rollbacks = 0;
  uint64_t inconclusive = 0;
  double converged_at_seconds = 0; ///< Of the last change, undone or not.
  settings final_settings;
  std::vector<decision_record> decisions;
  std::vector<std::string> refused; ///< Scripted changes, and why.
  std::vector<std::string> log;     ///< With `keep_log`.
};

/// Tunes the simulated host for the scenario's duration: the real actors on a
/// simulated clock. The same scenario gives the same result.
/// @param also is told what happens, if given.
/// @throws std::invalid_argument for tuner settings that can't be run.
simulation_result simulate(
  const scenario& what, const recorded_trace& trace, bool keep_log,
  listener* also = nullptr);

} // namespace tuner::simulation
