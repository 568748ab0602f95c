#include "actors/node/admission.hpp"

#include <doctest/doctest.h>

using namespace tuner;

TEST_CASE("E2 who may come in is decided by name, process and room") {
  enrolment who;
  who.target = "gpu1";
  who.process = 7;
  CHECK(no_room_because(who, {}, 0, 1).empty());
  CHECK(no_room_because(who, {}, 1, 1) == "this node tunes 1 targets already");
  CHECK(no_room_because(who, {true, false, 3}, 1, 1).empty()); // It is back.
  CHECK(no_room_because(who, {true, true, 7}, 1, 1).empty());  // It is itself.
  CHECK(
    no_room_because(who, {true, true, 3}, 1, 9)
    == "another agent of this name is here: give them different names");
}

TEST_CASE("E2 another version of the protocol is told which is which") {
  CHECK(other_version(protocol_version).empty());
  CHECK(
    other_version(protocol_version + 1)
    == "this node speaks version 1 of the protocol, the agent version 2: "
       "install the same auto_tuner on both ends");
}

TEST_CASE("E2 any difference makes other knobs") {
  auto knobs = standard_knobs({});
  auto others = knobs;
  CHECK(same_knobs(knobs, others));
  others.knobs[1].max += 1;
  CHECK_FALSE(same_knobs(knobs, others));
}
