#include "tests/scenario/stage.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

proposal urgently(std::vector<knob_move> moves) {
  auto result = by_hand(std::move(moves));
  result.urgent = true;
  return result;
}

/// Ten seconds into the trial of batch 64, an urgent change of the timeout.
void cut_short(rehearsal& on) {
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(10s, calm);
  REQUIRE(on.ask<change>(
    apply_atom_v, urgently({{knob::batch_timeout, 0, 20, "urgent"}})));
}

} // namespace

TEST_CASE("A11 an urgent change ends the trial that runs, and nothing else "
          "does") {
  rehearsal on{threshold_config()};
  cut_short(on);
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  CHECK(on.host_runs_with[knob::batch_timeout] == 20);
  auto events = history_of(on);
  REQUIRE(events.size() == 2);
  CHECK(events[0].judged.result == outcome::inconclusive);
  CHECK(events[0].judged.reason.find("cut short") == 0);
  CHECK_FALSE(events[0].undone);
  CHECK_FALSE(on.ask<change>(apply_atom_v, batch_to(16)));
}

TEST_CASE("A11 B4 if the urgent change is undone, so is the trial it cut "
          "short") {
  rehearsal on{threshold_config()};
  cut_short(on);
  on.play(31s, slower);
  CHECK(at_start(on));
  auto events = history_of(on);
  REQUIRE(events.size() == 4);
  CHECK(events[0].undone);
  CHECK(events[1].undone);
  CHECK(events[2].what.kind == change_kind::rollback);
  CHECK(events[3].what.kind == change_kind::rollback);
}

TEST_CASE("A11 if the urgent change is kept, so is the trial it cut short") {
  rehearsal on{threshold_config()};
  cut_short(on);
  on.play(31s, calm);
  CHECK(history_of(on)[1].judged.result == outcome::kept);
  on.stop(); // What is not confirmed would be undone now.
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  CHECK(on.host_runs_with[knob::batch_timeout] == 20);
}

TEST_CASE("A8 a change that takes long to show what it is worth is judged "
          "later, by what happened after that") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  auto grow = by_hand({{knob::cache_size, 0, 6000, "by hand"}});
  grow.settle = 100s;
  REQUIRE(on.ask<change>(apply_atom_v, grow));
  on.play(99s, slower); // The refill.
  on.play(30s, calm);
  CHECK(history_of(on).back().judged.result == outcome::open);
  on.play(1s, calm);
  auto judged = history_of(on).back().judged;
  CHECK(judged.result == outcome::kept);
  CHECK(milliseconds(judged.after.latency_p95) == doctest::Approx(500));
}
