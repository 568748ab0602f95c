#pragma once

#include "actors/targets/host.hpp"
#include "config/foreign_effector.hpp"

namespace tuner {

/// @returns what sets and reads a parameter of Redis by CONFIG SET and GET, to
/// the nearest whole number. It connects when first called, and anew after a
/// failure. Both ends throw std::runtime_error within their time limit, with
/// the address, what failed and what to do; no secret is in it.
host::port redis_port(const foreign_effector_config& x);

} // namespace tuner
