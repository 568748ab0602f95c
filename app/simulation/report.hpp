#pragma once

#include "app/simulation/oracle.hpp"
#include "app/simulation/simulation.hpp"

#include <optional>

namespace tuner::simulation {

/// A run as it is shown.
struct report {
  scenario what;
  simulation_result tuned;
  std::optional<static_run> oracle;
  double workers_per_gib = 0;
  double wall_seconds = 0;
  bool decisions = false;            ///< List them.
  std::optional<uint64_t> explained; ///< The decision of this number; 0: all.
};

/// @returns one JSON object on one line; all but `wall_seconds` is the same
/// whenever the same scenario is run.
std::string to_json(const report& x);

/// @returns lines for people.
std::string to_text(const report& x);

} // namespace tuner::simulation
