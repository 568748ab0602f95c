#include "tests/scenario/stage.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

/// Has the tuner run by another config.
bool reconfigure(rehearsal& on, const config& c) {
  auto status = on.ask<tuning_status>(settings_of(c, {}));
  on.play(0s, calm);
  return status.engaged();
}

const steady_traffic tempting{15, 1800ms}; ///< The rule wants smaller batches.

} // namespace

TEST_CASE("E6 a trial is judged by what it began with, the next by the new") {
  auto c = threshold_config();
  rehearsal on{c};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(10s, slower);
  c.tuner.watchdog.check_delay_seconds = 5;
  c.tuner.watchdog.degradation_threshold = 0.5;
  REQUIRE(reconfigure(on, c));
  on.play(19s, slower);
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  on.play(1s, slower);
  CHECK(at_start(on)); // After 30 s, since it was worse by more than 20 %.
  CHECK(history_of(on).size() == 2);
  on.play(20s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(4s, slower);
  CHECK(history_of(on).back().judged.result == outcome::open);
  on.play(1s, slower);
  CHECK(history_of(on).back().judged.result == outcome::kept);
}

TEST_CASE("E6 a longer trial is waited for, and its lease lasts") {
  auto c = threshold_config();
  rehearsal on{c};
  on.play(40s, calm);
  c.tuner.watchdog.check_delay_seconds = 300;
  REQUIRE(reconfigure(on, c));
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(299s, calm);
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  CHECK(history_of(on).back().judged.result == outcome::open);
  on.play(1s, calm);
  CHECK(history_of(on).back().judged.result == outcome::kept);
}

TEST_CASE("E6 shorter trials from now on do not end one under way") {
  auto c = threshold_config();
  c.tuner.watchdog.check_delay_seconds = 300;
  rehearsal on{c};
  on.play(310s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  c.tuner.watchdog.check_delay_seconds = 1;
  REQUIRE(reconfigure(on, c));
  on.play(299s, calm);
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  on.play(1s, calm);
  CHECK(history_of(on).back().judged.result == outcome::kept);
}

TEST_CASE("E6 mode, policy and interval change while it runs") {
  auto c = threshold_config();
  rehearsal on{c};
  on.play(10s, tempting);
  c.tuner.mode = "advise";
  REQUIRE(reconfigure(on, c));
  CHECK(status_of(on).state == tuning_state::advise);
  on.play(120s, tempting);
  CHECK(at_start(on));
  c.tuner.mode = "auto";
  c.tuner.policy = "hold";
  REQUIRE(reconfigure(on, c));
  on.play(120s, tempting);
  CHECK(at_start(on));
  CHECK(logged(on, "decides by policy hold") == 1);
  c.tuner.policy = "threshold";
  c.tuner.tuning_interval_seconds = 5;
  REQUIRE(reconfigure(on, c));
  on.play(4s, tempting);
  CHECK(at_start(on));
  on.play(1s, tempting);
  CHECK(on.host_runs_with[knob::batch_size] == 24);
}

TEST_CASE("E6 another objective leaves the policy as it is") {
  auto c = threshold_config();
  c.tuner.policy = "auto";
  rehearsal on{c};
  on.play(30s, calm);
  c.tuner.slo.p95_latency_ms = 100;
  REQUIRE(reconfigure(on, c));
  on.play(30s, calm);
  CHECK(logged(on, "decides by policy auto") == 1);
  c.tuner.threshold.batch_cap = 64; // Of no other policy.
  REQUIRE(reconfigure(on, c));
  on.play(1s, calm);
  CHECK(logged(on, "decides by policy auto") == 2);
}

TEST_CASE("E6 what is paused stays so, and what stands down") {
  auto c = threshold_config();
  rehearsal on{c};
  on.play(10s, calm);
  REQUIRE(on.ask<change>(set_atom_v, settings{{knob::batch_size, 48}}));
  REQUIRE(on.ask<tuning_status>(pause_atom_v));
  c.tuner.min_rps = 1;
  REQUIRE(reconfigure(on, c));
  CHECK(status_of(on).state == tuning_state::paused);
  REQUIRE(on.ask<tuning_status>(resume_atom_v));
  REQUIRE(on.ask<change>(set_atom_v, settings{{knob::batch_size, 40}}));
  on.play(1s, calm);
  c.tuner.min_rps = 2;
  REQUIRE(reconfigure(on, c));
  CHECK(status_of(on).reason == "watching, batch_size stands down");
  on.play(120s, tempting);
  CHECK(on.host_runs_with[knob::batch_size] == 40);
}

TEST_CASE("E6 a knob is switched off and on while it runs") {
  auto c = threshold_config();
  rehearsal on{c};
  c.tuner.enable_batch_size_tuning = false;
  REQUIRE(reconfigure(on, c));
  on.play(120s, tempting);
  CHECK(on.host_runs_with[knob::batch_size] == 32);
  c.tuner.enable_batch_size_tuning = true;
  REQUIRE(reconfigure(on, c));
  on.play(60s, tempting);
  CHECK(on.host_runs_with[knob::batch_size] == 24);
}

TEST_CASE("E6 who is restarted runs by the new config") {
  auto c = threshold_config();
  rehearsal on{c};
  on.play(10s, calm);
  c.tuner.mode = "advise";
  REQUIRE(reconfigure(on, c));
  caf::anon_send_exit(on.parts().brain, caf::exit_reason::kill);
  on.play(10s, calm);
  CHECK(status_of(on).state == tuning_state::advise);
}
