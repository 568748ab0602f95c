#include "tests/scenario/stage.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace tuner;
using namespace tuner::test;

namespace {

/// @returns how many changes were rolled back, of those in `[from, to)`.
long rolled_back(rehearsal& on, duration from, duration to) {
  auto events = history_of(on);
  return std::count_if(events.begin(), events.end(), [&](const auto& x) {
    return x.what.kind == change_kind::rollback && x.what.at >= instant{from}
    && x.what.at < instant{to};
  });
}

} // namespace

TEST_CASE("A11 a knob that looks good and always hurts is soon left alone") {
  rehearsal on{threshold_config()};
  tempt(on, 7h);
  CHECK(rolled_back(on, 0h, 1h) >= 2);
  CHECK(rolled_back(on, 0h, 1h) <= 3);
  CHECK(rolled_back(on, 1h, 7h) <= 1);
  CHECK(at_start(on));
}

TEST_CASE("A11 a step that was rolled back is held, in words, until it may be "
          "tried again") {
  rehearsal on{threshold_config()};
  tempt(on, 11min);
  CHECK(rolled_back(on, 0h, 1h) == 1);
  auto held = on.ask<analysis>(analyze_atom_v);
  REQUIRE(held);
  CHECK(held->moves.empty());
  CHECK(held->held.size() == 3);
  CHECK(
    held->reason
    == "batch_size down was rolled back at 1970-01-01T00:01:30.000Z under a "
       "load like this; not tried again until 1970-01-01T00:11:30.000Z; wanted "
       "batch_size 32 -> 24: High latency: p95 1800 ms is above 1000 ms");
  CHECK(logged(on, "batch_size down was rolled back at") == 1);
  tempt(on, 1min);
  CHECK(on.host_runs_with[knob::batch_size] == 24);
}

TEST_CASE("A11 a change without a clear verdict blames nobody") {
  rehearsal on{threshold_config()};
  on.play(60s, {15, 1800ms});
  CHECK(on.host_runs_with[knob::batch_size] == 24);
  on.play(90s, {0.05, 1800ms});
  CHECK(history_of(on)[0].judged.result == outcome::inconclusive);
  on.play(120s, {15, 1800ms});
  CHECK(on.host_runs_with[knob::batch_size] == 24);
}

TEST_CASE("B8 after too many rollbacks the tuner advises, loudly, recovers by "
          "itself, and the next time takes longer") {
  rehearsal on{threshold_config()};
  tempt(on, 50min);
  CHECK(rolled_back(on, 0h, 1h) == 3);
  auto status = status_of(on);
  CHECK(status.state == tuning_state::advise);
  CHECK(
    status.reason
    == "3 rollbacks within an hour, advice only until "
       "1970-01-01T01:33:30.000Z or until resumed");
  CHECK(logged(on, "warning analyzer") == 1);
  CHECK(logged(on, status.reason) == 1);
  SUBCASE("by itself") {
    tempt(on, 43min + 30s);
    CHECK(logged(on, "no longer advice only") == 1);
    CHECK(status_of(on).state == tuning_state::enabled);
    tempt(on, 5min); // One more rollback is enough.
    CHECK(rolled_back(on, 1h, 7h) == 1);
    tempt(on, 5h);
    CHECK(status_of(on).state == tuning_state::advise);
    tempt(on, 1h);
    CHECK(logged(on, "no longer advice only") == 2);
  }
  SUBCASE("by an operator, at once") {
    CHECK(on.ask<tuning_status>(resume_atom_v)->state == tuning_state::enabled);
    CHECK(logged(on, "no longer advice only") == 1);
    on.play(6min, {60, 500ms}); // Another load: the timeout is in the way.
    CHECK(on.host_runs_with[knob::batch_timeout] < 50);
  }
}

TEST_CASE("A12 a freeze window stops changes and says so, never rollbacks") {
  auto c = threshold_config();
  c.tuner.freeze = {{"", "", "2-9 0 * * *", 10}}; // 00:02 to 00:19.
  rehearsal on{c};
  on.play(100s, {15, 1800ms});
  CHECK(history_of(on).back().judged.result == outcome::kept);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(21s, {15, 3000ms});
  CHECK(status_of(on).state == tuning_state::paused);
  CHECK(status_of(on).reason == "frozen until 1970-01-01T00:12:00.000Z");
  CHECK(logged(on, "no changes in this freeze window") == 1);
  on.play(9s, {15, 3000ms});
  CHECK(on.host_runs_with[knob::batch_size] == 24); // Rolled back meanwhile.
  on.play(16min, {15, 1800ms});
  CHECK(on.host_runs_with[knob::batch_size] == 24);
  CHECK(on.ask<tuning_status>(resume_atom_v)->state == tuning_state::paused);
  on.play(3min, {15, 1800ms});
  CHECK(logged(on, "the freeze window has ended") == 1);
  CHECK(status_of(on).state == tuning_state::enabled);
  CHECK(on.host_runs_with[knob::batch_size] < 24);
}

TEST_CASE("A12 a knob that an operator sets by hand stands down until resume") {
  rehearsal on{threshold_config()};
  on.play(10s, {15, 1800ms});
  on.host_runs_with[knob::batch_size] = 40;
  on.play(5min, {15, 1800ms});
  CHECK(on.host_runs_with[knob::batch_size] == 40);
  CHECK(logged(on, "batch_size stands down until resumed") == 1);
  CHECK(status_of(on).reason == "watching, batch_size stands down");
  CHECK(on.metric("auto_tuning_batch_size") == 40);
  CHECK(
    on.metric("auto_tuning_operator_edits_total{parameter=\"batch_size\"}")
    == 1);
  auto events = history_of(on);
  auto edit = std::find_if(events.begin(), events.end(), [](const auto& x) {
    return x.what.kind == change_kind::edit;
  });
  REQUIRE(edit != events.end());
  CHECK(to_string(edit->what.moves).ends_with("-> 40"));
  on.play(6min, {60, 500ms}); // The others are tuned.
  CHECK(on.host_runs_with[knob::batch_timeout] < 50);
  CHECK(on.host_runs_with[knob::batch_size] == 40);
  CHECK(on.ask<tuning_status>(resume_atom_v)->reason == "watching");
  on.play(6min, {15, 1800ms});
  CHECK(on.host_runs_with[knob::batch_size] < 40);
}

TEST_CASE("A12 what the tuner and its commands change is no operator's edit") {
  rehearsal on{threshold_config()};
  tempt(on, 20min); // Changes and rollbacks.
  CHECK(rolled_back(on, 0h, 1h) == 2);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(5s, calm);
  REQUIRE(on.ask<std::vector<change>>(rollback_atom_v, uint32_t{1}));
  on.play(5s, calm);
  CHECK(logged(on, "stands down") == 0);
  CHECK(
    on.metric("auto_tuning_operator_edits_total{parameter=\"batch_size\"}")
    == 0);
}

TEST_CASE("A11 below the floor of traffic nothing is decided") {
  auto c = threshold_config();
  c.tuner.min_rps = 20;
  rehearsal on{c};
  on.play(5min, {15, 1800ms});
  CHECK(on.calls.empty());
  CHECK(logged(on, "Too little traffic: 15 requests/s are fewer") == 1);
  on.play(5min, {30, 1800ms});
  CHECK_FALSE(on.calls.empty());
}

TEST_CASE("A11 a change is no larger than the knob's ratio allows") {
  auto c = threshold_config();
  c.targets = {{}};
  c.targets[0].knobs = standard_knobs({}).knobs;
  c.targets[0].knobs[0].max_step_ratio = 1.1;
  rehearsal on{c};
  on.play(60s, {15, 1800ms});
  CHECK(on.host_runs_with[knob::batch_size] == 29); // The rule wants 24.
  CHECK(logged(on, "(24 wanted, at most 1.1 times at once)") == 1);
}

TEST_CASE("A12 advice shows what by the model it would be worth") {
  auto c = threshold_config();
  c.tuner.mode = "advise";
  rehearsal on{c};
  on.play(60s, {15, 1800ms});
  CHECK(logged(on, "nothing is written: mode is advise") == 1);
  auto gain = on.metric("auto_tuning_model{figure=\"advice_p95_gain\"}");
  REQUIRE(gain);
  CHECK(std::isnan(*gain)); // The rule has no model.
  on.play(10min, calm);
  CHECK(on.metric("auto_tuning_model{figure=\"advice_p95_gain\"}") == 0);
}
