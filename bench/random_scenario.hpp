#pragma once

#include "app/simulation/scenario.hpp"

namespace tuner {

/// Draws a host and its load: half an hour, cheap batches or dear ones, with a
/// knee or without, 1 to 4 workers, quiet or loud, an objective from tight to
/// loose, and a rate that some batch size within that objective can serve.
/// Whether static settings really can is for the oracle to say. The same
/// arguments always give the same scenario.
simulation::scenario draw_scenario(uint64_t seed, uint64_t index);

/// @returns a drawn scenario as a file for `auto_tuner simulate`.
std::string to_json(const simulation::scenario& x);

} // namespace tuner
