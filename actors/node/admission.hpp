#pragma once

#include "messages/enrolment.hpp"

#include <cstdint>
#include <string>

namespace tuner {

/// What a node has of the target that an agent names.
struct present_target {
  bool known = false;   ///< Enrolled before.
  bool served = false;  ///< By an agent that is here.
  uint64_t process = 0; ///< Of its present or last agent.
};

/// @returns why an agent that speaks this version of the protocol can't be
/// understood, or nothing.
std::string other_version(uint32_t agents);

/// @returns why an agent can't come in now, or nothing. One that comes back
/// sooner than its loss is noticed is no other.
/// @param targets the node tunes already, of `targets_max`.
std::string no_room_because(
  const enrolment& who, const present_target& have, uint64_t targets,
  uint64_t targets_max);

/// @returns whether a pipeline for the one will do for the other.
bool same_knobs(const knob_table& x, const knob_table& y);

} // namespace tuner
