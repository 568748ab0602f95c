#pragma once

#include "actors/targets/host.hpp"
#include "config/foreign_effector.hpp"

namespace tuner {

/// @returns what sets and reads a global variable of MariaDB by SET GLOBAL and
/// SELECT, to the nearest whole number. It connects when first called, and anew
/// after a failure. Both ends throw std::runtime_error, with the address, what
/// failed and what to do; no secret is in it.
/// @throws std::runtime_error for a variable whose name is more than letters,
///   digits and underscores: the loader lets none through.
host::port mariadb_port(const foreign_effector_config& x);

} // namespace tuner
