// Says what it is told to a node, as an agent of any version would, and then
// keeps the connection; as a target it answers nothing.
//
//   stranger HOST PORT VERSION ENROLMENT     prints what the node answers

#include "app/runtime.hpp"
#include "messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>

#include <cstdlib>
#include <iostream>

#include <unistd.h>

using namespace tuner;

namespace {

caf::behavior answer_nothing(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);
  return {[](caf::unit_t) {}};
}

std::string enroll(runtime& where, char** words) {
  auto& system = where.system();
  auto port = static_cast<uint16_t>(std::atoi(words[1]));
  auto node = system.middleman().remote_actor<registrar_actor>(words[0], port);
  if (!node)
    return "no node: " + describe(node.error());
  auto version = static_cast<uint32_t>(std::atoi(words[2]));
  auto target =
    caf::actor_cast<caf::strong_actor_ptr>(system.spawn(answer_nothing));
  std::string result;
  caf::scoped_actor self{system};
  self
    ->request(
      *node, std::chrono::minutes{2}, enroll_atom_v, version,
      std::string{words[3]}, target)
    .receive(
      [&](const std::string& name) { result = "enrolled with " + name; },
      [&](const caf::error& x) { result = "refused: " + describe(x); });
  return result;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 5)
    return 2;
  link_params patient;
  patient.silence_max = std::chrono::minutes{2};
  runtime here{clock_kind::real, patient};
  visit inside;
  std::cout << enroll(here, argv + 1) << std::endl;
  while (true)
    pause();
}
