#pragma once

#include "actors/targets/host.hpp"
#include "config/foreign_effector.hpp"

namespace tuner {

/// @returns what sets and reads a knob by programs, run without a shell in a
/// process group of their own, which is killed at the time limit. Both ends
/// throw std::runtime_error within it, with the program, what failed and what
/// to do; of the arguments nothing is told, of the output one line.
host::port exec_port(const foreign_effector_config& x);

} // namespace tuner
