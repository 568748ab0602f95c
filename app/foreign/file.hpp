#pragma once

#include "actors/targets/host.hpp"
#include "config/foreign_effector.hpp"

namespace tuner {

/// @returns what sets and reads a knob in a file that holds nothing else. It is
/// replaced at once and for good, keeps its mode and owner, and may be a link;
/// then the process in the pid file is told by a signal, if one is configured.
/// Both ends throw std::runtime_error, with the path, what failed and what to
/// do.
host::port file_port(const foreign_effector_config& x);

} // namespace tuner
