#include "tests/scenario/stage.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

TEST_CASE("B3 a change that does no harm is kept after its check") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  auto applied = on.ask<change>(apply_atom_v, batch_to(64));
  REQUIRE(applied);
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  on.play(29s, calm);
  CHECK(history_of(on).back().judged.result == outcome::open);
  on.play(1s, calm);
  auto events = history_of(on);
  REQUIRE(events.size() == 1);
  CHECK(events[0].judged.result == outcome::kept);
  CHECK(events[0].judged.before.completed > 0);
  CHECK(events[0].judged.after.completed > 0);
  CHECK(events[0].judged.before.closed_at <= applied->at);
  CHECK(events[0].judged.after.opened_at >= applied->at);
  CHECK(on.host_runs_with[knob::batch_size] == 64);
}

TEST_CASE("B3 a change that hurts is undone by its check, 30 s later") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(29s, slower);
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  on.play(1s, slower);
  CHECK(at_start(on));
  auto events = history_of(on);
  REQUIRE(events.size() == 2);
  CHECK(events[0].undone);
  CHECK(events[0].judged.result == outcome::rolled_back);
  CHECK(events[1].what.kind == change_kind::rollback);
  CHECK(
    events[1].what.reason
    == "Rollback due to performance degradation after tuning at "
       "1970-01-01T00:00:40.000Z");
  CHECK(
    on.metric("auto_tuning_rollbacks_total{parameter=\"batch_size\"}") == 1);
  CHECK(logged(on, "warning applier") == 1);
  CHECK(logged(on, "ROLLBACK #1: batch_size 64 -> 32") == 1);
}

TEST_CASE("B3 E3 a knob that settles slowly is judged so much later") {
  auto c = threshold_config();
  c.targets.resize(1);
  foreign_effector_config slow;
  slow.knob = knob::batch_size;
  slow.settle_seconds = 20;
  c.targets[0].effectors = {slow};
  rehearsal on{c};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(20s, slower); // While it settles.
  on.play(29s, calm);
  CHECK(history_of(on).back().judged.result == outcome::open);
  on.play(1s, calm);
  CHECK(history_of(on).back().judged.result == outcome::kept);
}

TEST_CASE("B3 the windows compared lie wholly before and wholly after") {
  // A terrible second around the change must count for neither side.
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  on.play(500ms, {20, 5000ms});
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(500ms, {20, 5000ms});
  on.play(30s, calm);
  auto judged = history_of(on)[0].judged;
  CHECK(judged.result == outcome::kept);
  CHECK(milliseconds(judged.before.latency_p99) == doctest::Approx(500));
  CHECK(milliseconds(judged.after.latency_p99) == doctest::Approx(500));
}

TEST_CASE("A11 what was seen before a change is no evidence after it") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  on.play(500ms, calm);
  CHECK(on.ask<analysis>(analyze_atom_v)->evidence.completed > 0);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(500ms, calm); // The sample that saw the change closes.
  CHECK(on.ask<analysis>(analyze_atom_v)->evidence.completed == 0);
  on.play(1s, calm);
  CHECK(on.ask<analysis>(analyze_atom_v)->evidence.completed == 20);
}

TEST_CASE("A11 one trial at a time, and a cool-down after it") {
  rehearsal on{threshold_config()};
  const steady_traffic slow{15, 1800ms}; // The rule wants smaller batches.
  on.play(60s, slow);
  CHECK(on.host_runs_with[knob::batch_size] == 24);
  auto refused = on.ask<change>(apply_atom_v, batch_to(99));
  REQUIRE_FALSE(refused);
  CHECK(
    describe(refused.error()) == "a trial is running; wait for its verdict");
  on.play(59s, slow); // Kept at 90 s; at 120 s the cool-down still runs.
  on.play(1s, slow);
  CHECK(on.host_runs_with[knob::batch_size] == 24);
  on.play(60s, slow);
  CHECK(on.host_runs_with[knob::batch_size] == 18);
  CHECK(history_of(on).size() == 2);
}

TEST_CASE("A10 B5 a drop in traffic after a change is not blamed on it") {
  rehearsal on{threshold_config()};
  on.play(40s, {60, 500ms});
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(30s, {6, 500ms});
  CHECK(history_of(on)[0].judged.result == outcome::kept);
}

TEST_CASE("B5 a trial is extended while the evidence is thin, then undone") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  SUBCASE("extended until there is enough") {
    on.play(30s, {0.1, 500ms});
    CHECK(logged(on, "thin evidence yet") == 1);
    CHECK(history_of(on)[0].judged.result == outcome::open);
    on.play(30s, calm);
    CHECK(history_of(on)[0].judged.result == outcome::kept);
  }
  SUBCASE("three checks at the most") {
    on.play(89s, {0.05, 500ms});
    CHECK(on.host_runs_with[knob::batch_size] == 64);
    on.play(1s, {0.05, 500ms});
    CHECK(at_start(on));
    auto events = history_of(on);
    CHECK(events[0].judged.result == outcome::inconclusive);
    CHECK(
      events[1].what.reason.find("Rollback for lack of evidence after tuning")
      == 0);
    CHECK(on.metric("auto_tuning_trials_total{verdict=\"inconclusive\"}") == 1);
  }
}

TEST_CASE("B1 a knob without a callback is skipped and the log says so") {
  rehearsal on{
    threshold_config(), {[](host& x) { x.on(knob::cache_size, nullptr); }}};
  CHECK(logged(on, "cache_size_mb has no callback and is left alone") == 1);
  on.play(40s, calm);
  auto applied = on.ask<change>(
    apply_atom_v,
    by_hand({{knob::batch_size, 0, 64, ""}, {knob::cache_size, 0, 8192, ""}}));
  REQUIRE(applied);
  CHECK(to_string(applied->moves) == "batch_size 32 -> 64");
  CHECK(logged(on, "cache_size_mb has no callback at this target") == 1);
}

TEST_CASE("B1 values are clamped to bounds and what is read back counts") {
  config c = threshold_config();
  c.targets = {{}};
  c.targets[0].knobs = standard_knobs({}).knobs;
  c.targets[0].knobs[0].max = 100;
  rehearsal on{c, {[](host& x) { // Takes multiples of 16 only.
                 auto port = x.knobs().at(knob::batch_size);
                 x.on(
                   knob::batch_size,
                   [=](double v) { port.set(16 * std::floor(v / 16)); },
                   port.get);
               }}};
  on.play(40s, calm);
  auto applied = on.ask<change>(apply_atom_v, batch_to(1000));
  REQUIRE(applied);
  CHECK(to_string(applied->moves) == "batch_size 32 -> 96");
  CHECK(logged(on, "batch_size: asked for 100, the target took 96") == 1);
  CHECK(on.metric("auto_tuning_batch_size") == 96);
}

TEST_CASE("B4 several knobs are undone whole, also in the very first change") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(
    apply_atom_v,
    by_hand(
      {{knob::batch_size, 0, 64, ""},
       {knob::batch_timeout, 0, 100, ""},
       {knob::cache_size, 0, 8192, ""}})));
  on.play(30s, slower);
  CHECK(at_start(on));
  CHECK(history_of(on).back().what.moves.size() == 3);
}

TEST_CASE("B4 without history a rollback does nothing but say so") {
  rehearsal on{threshold_config()};
  auto answer = on.ask<std::vector<change>>(rollback_atom_v, uint32_t{1});
  REQUIRE_FALSE(answer);
  CHECK(describe(answer.error()) == "there is no change to undo");
  CHECK(logged(on, "there is no change to undo") == 1);
  CHECK(on.calls.empty());
}

TEST_CASE("B4 B6 an operator undoes kept changes, newest first") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  for (double size : {40, 50, 60}) {
    REQUIRE(on.ask<change>(apply_atom_v, batch_to(size)));
    on.play(30s, calm);
  }
  auto undone = on.ask<std::vector<change>>(rollback_atom_v, uint32_t{2});
  REQUIRE(undone);
  REQUIRE(undone->size() == 2);
  CHECK(to_string((*undone)[0].moves) == "batch_size 60 -> 50");
  CHECK(to_string((*undone)[1].moves) == "batch_size 50 -> 40");
  CHECK(on.host_runs_with[knob::batch_size] == 40);
  CHECK(on.ask<std::vector<change>>(rollback_atom_v, uint32_t{9})->size() == 1);
  CHECK(at_start(on));
}

TEST_CASE("B4 an operator's rollback ends a running trial") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(10s, calm);
  auto undone = on.ask<std::vector<change>>(rollback_atom_v, uint32_t{1});
  REQUIRE(undone);
  CHECK(at_start(on));
  on.play(60s, calm); // The check of the undone change comes to nothing.
  CHECK(history_of(on).size() == 2);
  CHECK(history_of(on)[0].judged.result == outcome::rolled_back);
  CHECK(on.calls.size() == 2);
}

TEST_CASE("B4 two rollbacks never run at once") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  caf::scoped_actor self{on.clock().system()};
  auto hand = on.parts().hand;
  auto first = self->request(hand, 10s, rollback_atom_v, uint32_t{1});
  auto second = self->request(hand, 10s, rollback_atom_v, uint32_t{1});
  on.clock().drain();
  first.receive(
    [](const std::vector<change>& x) { CHECK(x.size() == 1); },
    [](const caf::error& x) { FAIL(describe(x)); });
  second.receive(
    [](const std::vector<change>&) { FAIL("ran at once"); },
    [](const caf::error& x) {
      CHECK(describe(x) == "a rollback is running; wait for its end");
    });
  CHECK(on.calls.size() == 2);
}

TEST_CASE("A12 in mode advise everything is decided and nothing written") {
  config c = threshold_config();
  c.tuner.mode = "advise";
  rehearsal on{c};
  on.play(130s, {15, 1800ms});
  CHECK(on.calls.empty());
  CHECK(history_of(on).empty());
  CHECK(logged(on, "would change batch_size 32 -> 24") == 2);
  CHECK(status_of(on).state == tuning_state::advise);
  CHECK(
    on.metric("auto_tuning_decisions_total{direction=\"decrease\",parameter="
              "\"batch_size\"}")
    == 2);
}

TEST_CASE("A12 a paused tuner starts no trial until it is resumed") {
  rehearsal on{threshold_config()};
  CHECK(on.ask<tuning_status>(pause_atom_v)->state == tuning_state::paused);
  on.play(180s, {15, 1800ms});
  CHECK(on.calls.empty());
  CHECK(on.ask<tuning_status>(resume_atom_v)->state == tuning_state::enabled);
  on.play(60s, {15, 1800ms});
  CHECK(on.calls.size() == 1);
}

TEST_CASE("A12 an operator's own edit is noticed and survives a rollback") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  on.host_runs_with[knob::batch_timeout] = 20;
  on.play(1s, calm);
  CHECK(logged(on, "batch_timeout_ms was changed from 50 to 20") == 1);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(30s, slower);
  CHECK(on.host_runs_with[knob::batch_size] == 32);
  CHECK(on.host_runs_with[knob::batch_timeout] == 20);
}

TEST_CASE("B8 after three rollbacks in an hour the tuner only advises") {
  rehearsal on{threshold_config()};
  int trials = 0;
  for (int minute = 0; minute < 50; ++minute) {
    // The rule wants smaller batches, and each makes it worse.
    auto worse = on.host_runs_with[knob::batch_size] < 32;
    for (int i = 0; i < 60; ++i)
      on.play(1s, {15, worse ? 3000ms : 1800ms}),
        worse = on.host_runs_with[knob::batch_size] < 32;
  }
  for (const auto& x : history_of(on))
    trials += x.what.kind == change_kind::tuning;
  CHECK(trials == 3);
  CHECK(at_start(on));
  auto status = status_of(on);
  CHECK(status.state == tuning_state::advise);
  CHECK(status.reason.find("3 rollbacks within an hour") == 0);
}
