#pragma once

#include "bench/graded_run.hpp"

namespace tuner {

/// Runs a scenario and draws what happened over time into
/// `FOLDER/SCENARIO_POLICY.svg`; a number that the scenario's name begins with
/// is left out.
/// @returns the path.
/// @throws std::runtime_error if the file can't be written.
std::string draw_scenario(const planned_run& run, const std::string& folder);

} // namespace tuner
