#include "tests/scenario/fleet_stage.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

bool smaller(const settings& x) {
  return x.at(knob::batch_size) < 32;
}

/// The rule wants smaller batches, once.
steady_traffic better_when_smaller(const settings& x) {
  return {15, smaller(x) ? 700ms : 1800ms};
}

/// It always does.
steady_traffic worse_when_smaller(const settings& x) {
  return {15, smaller(x) ? 3000ms : 1800ms};
}

using names = std::vector<std::string>;

names with_24(fleet_stage& on) {
  return on.who_has(knob::batch_size, 24);
}

} // namespace

TEST_CASE("E5 a good change is with all 20 members within three waves") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return better_when_smaller(x);
                 }};
  on.enter(20);
  CHECK(on.play_until([&] { return !with_24(on).empty(); }));
  auto first = with_24(on);
  REQUIRE(first.size() == 1);
  on.play(29s);
  CHECK(with_24(on) == first);
  on.play(3s);
  CHECK(with_24(on).size() == 5);
  CHECK(on.leaders().empty()); // Not while the others are judged.
  on.play(32s);
  CHECK(with_24(on).size() == 20);
  on.play(32s);
  CHECK(on.logged("is confirmed") == 1);
  CHECK(on.logged("wave ") == 2);
  CHECK(on.leaders() == first);
  CHECK(
    on.logged(
      "change #1: batch_size 32 -> 24: rolled out to group web after #1 of "
      + first.front())
    == 19);
  CHECK(
    on.status("h20")
    == "enabled: follows group web: canary is " + first.front());
}

TEST_CASE("E5 a group that meets an exception begins anew, and goes on") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return better_when_smaller(x);
                 }};
  on.enter(20);
  auto thrown = false;
  on.on_log = [&](std::string_view line) { // In the midst of rolling out.
    if (
      line.find("wave 1") != std::string_view::npos
      && !std::exchange(thrown, true))
      throw std::runtime_error{"no space left"};
  };
  CHECK(on.play_until([&] { return thrown; }));
  CHECK(
    on.logged("group web begins anew after an exception: no space left") == 1);
  CHECK(on.play_until([&] { return with_24(on).size() == 20; }));
  on.play(40s);
  CHECK(on.leaders().size() == 1);
  CHECK(with_24(on).size() == 20);
}

TEST_CASE("E5 a harmful change is seen by one of 20 hosts only") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return worse_when_smaller(x);
                 }};
  on.enter(20);
  on.play(1h);
  CHECK(on.who_saw(knob::batch_size, 24).size() == 1);
  CHECK(with_24(on).empty());
  CHECK(on.logged("ROLLBACK") == 3); // Then it only advises.
  CHECK(on.logged("is rolled out") == 0);
}

TEST_CASE("E5 what did harm to one is not tried by its successor") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return worse_when_smaller(x);
                 }};
  on.enter(5);
  CHECK(on.play_until([&] { return on.logged("ROLLBACK") == 1; }));
  auto first = on.leaders();
  REQUIRE(first.size() == 1);
  on.tell(first.front(), park_atom_v, "its agent is gone");
  on.play(5min);
  CHECK(on.leaders().size() == 1);
  CHECK(on.leaders() != first);
  CHECK(on.who_saw(knob::batch_size, 24) == first);
}

TEST_CASE("E5 a slowdown of all hosts at once is blamed on no change") {
  auto c = threshold_config();
  bool slow = false;
  auto play = [&](const auto&, const auto& x) {
    return steady_traffic{15, slow ? 2600ms : smaller(x) ? 1700ms : 1800ms};
  };
  SUBCASE("by the threshold rule") {
    fleet_stage on{c, play};
    on.enter(20);
    CHECK(on.play_until([&] { return with_24(on).size() == 1; }));
    slow = true;
    on.play(32s);
    CHECK(
      on.logged("trial #1 inconclusive: not to blame: p95 is 44 % higher than "
                "before here, and 44 % higher at 19 hosts that did not change")
      == 1);
    CHECK(on.logged("performance degradation") == 0);
    CHECK(with_24(on).empty());
  }
  SUBCASE("by the default judge") {
    c.tuner.judge = "auto";
    fleet_stage on{c, play};
    on.enter(20);
    CHECK(on.play_until([&] { return with_24(on).size() == 1; }));
    on.play(5s);
    slow = true;
    on.play(2min);
    CHECK(on.logged("trial #1") == 1);
    CHECK(on.logged("performance degradation") == 0);
    CHECK(on.logged("trial #1 rolled_back") == 0);
  }
}

TEST_CASE("E5 what only the canary does not gain from is harm") {
  // The load falls, all get faster; batches of 24 keep the canary slow.
  bool calmer = false;
  fleet_stage on{
    threshold_config(), [&](const auto&, const auto& x) {
      return steady_traffic{15, calmer && !smaller(x) ? 1100ms : 1800ms};
    }};
  on.enter(20);
  CHECK(on.play_until([&] { return with_24(on).size() == 1; }));
  calmer = true;
  on.play(32s);
  CHECK(on.logged("trial #1 rolled_back: worse than its peers") == 1);
  CHECK(with_24(on).empty());
}

TEST_CASE("E5 who joins late gets what the group has confirmed") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return better_when_smaller(x);
                 }};
  on.enter(5);
  CHECK(on.play_until([&] { return on.logged("is confirmed") == 1; }));
  on.enter("late");
  CHECK(on.hosts["late"].runs_with[knob::batch_size] == 32);
  on.play(8s);
  CHECK(on.hosts["late"].runs_with[knob::batch_size] == 24);
  CHECK(on.logged("brought to what group web has confirmed") == 1);
  on.play(30s);
  CHECK(on.hosts["late"].runs_with[knob::batch_size] == 24);
}

TEST_CASE("E5 a canary that is lost in its trial is replaced") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return better_when_smaller(x);
                 }};
  on.enter(5);
  CHECK(on.play_until([&] { return with_24(on).size() == 1; }));
  auto first = with_24(on);
  on.play(10s);
  on.tell(first.front(), park_atom_v, "its agent is gone");
  on.play(15s);
  CHECK(on.hosts[first.front()].runs_with[knob::batch_size] == 32);
  auto next = on.leaders();
  REQUIRE(next.size() == 1);
  CHECK(next != first);
  CHECK(on.logged("is rolled out") == 0);
  CHECK(on.play_until([&] { return on.logged("is confirmed") == 1; }));
  CHECK(with_24(on).size() == 4);
  on.tell(first.front(), unpark_atom_v, false);
  on.play(40s);
  CHECK(with_24(on).size() == 5);
  CHECK(on.leaders() == next);
}

TEST_CASE("E5 one odd member rolls a change back alone") {
  fleet_stage on{threshold_config(), [](const auto& name, const auto& x) {
                   return name == "h11" ? worse_when_smaller(x)
                                        : better_when_smaller(x);
                 }};
  on.enter(20);
  CHECK(on.play_until([&] { return on.logged("is confirmed") == 1; }));
  CHECK(with_24(on).size() == 19);
  CHECK(on.hosts["h11"].runs_with[knob::batch_size] == 32);
  CHECK(on.logged("h11 stands apart, it keeps its old settings") == 1);
  CHECK(on.logged("is confirmed, without h11") == 1);
  on.play(5min);
  CHECK(on.hosts["h11"].calls.size() == 2); // It is left alone.
}

TEST_CASE("E5 a change that more than a third of a wave undo is for nobody") {
  fleet_stage on{threshold_config(), [](const auto& name, const auto& x) {
                   return name == "h02" || name == "h03"
                     ? worse_when_smaller(x)
                     : better_when_smaller(x);
                 }};
  on.enter(20);
  CHECK(on.play_until([&] { return on.logged("nobody has it: 2 of 4") > 0; }));
  CHECK(on.who_saw(knob::batch_size, 24).size() == 5);
  on.play(1s);
  CHECK(with_24(on).empty());
  on.play(5min);
  CHECK(with_24(on).empty());
  CHECK(on.who_saw(knob::batch_size, 24).size() == 5);
  CHECK(on.leaders().size() == 1);
}

TEST_CASE("E5 A12 what an operator sets at a member stays until resumed") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return better_when_smaller(x);
                 }};
  on.enter(5);
  on.play(30s);
  auto given = on.leaders() == names{"h05"} ? "h04" : "h05";
  REQUIRE(on.ask<change>(given, set_atom_v, settings{{knob::batch_size, 40}}));
  CHECK(on.play_until([&] { return on.logged("is confirmed") == 1; }));
  on.play(2min);
  CHECK(on.hosts[given].runs_with[knob::batch_size] == 40);
  CHECK(with_24(on).size() == 4);
  REQUIRE(on.ask<tuning_status>(given, resume_atom_v));
  on.play(15s);
  CHECK(on.hosts[given].runs_with[knob::batch_size] == 24);
}

TEST_CASE("E5 A12 what an operator undoes at a member stays undone there") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return better_when_smaller(x);
                 }};
  on.enter(5);
  CHECK(on.play_until([&] { return on.logged("is confirmed") == 1; }));
  REQUIRE(on.ask<std::vector<change>>("h03", rollback_atom_v, uint32_t{1}));
  on.play(2min);
  CHECK(with_24(on) == names{"h01", "h02", "h04", "h05"});
  REQUIRE(on.ask<tuning_status>("h03", resume_atom_v));
  on.play(15s);
  CHECK(with_24(on).size() == 5);
}

TEST_CASE("E5 A12 a paused member is left alone, and catches up when resumed") {
  fleet_stage on{threshold_config(), [](const auto&, const auto& x) {
                   return better_when_smaller(x);
                 }};
  on.enter(5);
  on.play(30s);
  auto first = on.leaders();
  REQUIRE(first.size() == 1);
  REQUIRE(on.ask<tuning_status>(first.front(), pause_atom_v));
  on.play(10s);
  CHECK(on.leaders().size() == 1);
  CHECK(on.leaders() != first); // No canary.
  CHECK(on.play_until([&] { return on.logged("is confirmed") == 1; }));
  on.play(1min);
  CHECK(with_24(on).size() == 4);
  CHECK(on.hosts[first.front()].calls.empty());
  REQUIRE(on.ask<tuning_status>(first.front(), resume_atom_v));
  on.play(15s);
  CHECK(with_24(on).size() == 5);
}

TEST_CASE("E5 other hardware is noticed by its service curve") {
  auto c = threshold_config();
  c.tuner.policy = "twin";
  fleet_stage on{c, [](const auto&, const auto&) {
                   return steady_traffic{40, 30ms};
                 }};
  for (auto name : {"a", "b", "c", "d"})
    on.enter(name, 10);
  for (auto name : {"x", "y"})
    on.enter(name, 16);
  on.play(150s);
  CHECK(on.logged("has other hardware than group web,") == 2);
  CHECK(on.logged("x has other hardware") == 1);
  CHECK(on.logged("y has other hardware") == 1);
  auto leaders = on.leaders();
  REQUIRE(leaders.size() == 2);
  CHECK(leaders[0] < "e");
  CHECK(leaders[1] > "e");
}
