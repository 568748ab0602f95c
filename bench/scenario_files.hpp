#pragma once

#include "bench/graded_run.hpp"

namespace tuner {

/// @param recorded_too adds those of `bench/scenarios/traces`, whose arrivals
/// were recorded. The records are not part of the project.
/// @returns the names of the scenarios in `bench/scenarios`, in order.
std::vector<std::string> scenario_names(bool recorded_too);

/// Loads one of them.
/// @param traces the folder with the records.
/// @throws std::runtime_error naming what is wrong with the file.
planned_run
load_named_scenario(const std::string& name, const std::string& traces = "");

} // namespace tuner
