#pragma once

#include "bench/graded_run.hpp"

namespace tuner {

/// @returns the names of the scenarios in `bench/scenarios`, in order.
std::vector<std::string> scenario_names();

/// Loads one of them.
/// @throws std::runtime_error naming what is wrong with the file.
planned_run load_named_scenario(const std::string& name);

} // namespace tuner
