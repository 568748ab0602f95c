#include "actors/node/admission.hpp"

namespace tuner {

std::string other_version(uint32_t agents) {
  if (agents == protocol_version)
    return "";
  return "this node speaks version " + std::to_string(protocol_version)
    + " of the protocol, the agent version " + std::to_string(agents)
    + ": install the same auto_tuner on both ends";
}

std::string no_room_because(
  const enrolment& who, const present_target& have, uint64_t targets,
  uint64_t targets_max) {
  if (have.served && have.process != who.process)
    return "another agent of this name is here: give them different names";
  if (!have.known && targets >= targets_max)
    return "this node tunes " + std::to_string(targets_max)
      + " targets already";
  return "";
}

bool same_knobs(const knob_table& x, const knob_table& y) {
  auto text = [](const knob_table& knobs) {
    return to_text(enrolment{{}, {}, {}, 0, {}, knobs});
  };
  return text(x) == text(y);
}

} // namespace tuner
