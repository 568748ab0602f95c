#pragma once

#include "messages/knob.hpp"

#include <cstdint>
#include <string>

namespace tuner {

/// Goes up whenever a message between agent and node changes its layout
/// (`tests/unit/wire_test.cpp` notices).
inline constexpr uint32_t protocol_version = 1;

/// What an agent says of its target.
struct enrolment {
  std::string token;    ///< The secret of the node.
  std::string target;   ///< Name; one per node.
  std::string group;    ///< Targets that share settings; empty: none.
  uint64_t process = 0; ///< Differs with each start of the target's process.
  std::string version;  ///< Of the agent's program.
  knob_table knobs;     ///< As the target has them.
};

/// @returns `x` as JSON.
std::string to_text(const enrolment& x);

/// @returns what was written.
/// @throws std::exception where it is not, or of a knob that nothing can have:
///   what is wrong.
enrolment enrolment_from(const std::string& text);

} // namespace tuner
