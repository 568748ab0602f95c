#include "tests/scenario/stage.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

bool shows_state(const rehearsal& on, const std::string& state) {
  return on.metric("auto_tuning_state{state=\"" + state + "\"}") == 1;
}

} // namespace

TEST_CASE("D2 metrics show what the tuner does, until it ends") {
  rehearsal on{threshold_config()};
  on.play(1s, calm);
  CHECK(shows_state(on, "enabled"));
  REQUIRE(on.ask<tuning_status>(pause_atom_v));
  on.play(10s, calm);
  CHECK(shows_state(on, "paused"));
  CHECK_FALSE(shows_state(on, "enabled"));
  REQUIRE(on.ask<tuning_status>(resume_atom_v));
  on.play(10s, calm);
  CHECK(shows_state(on, "enabled"));
  on.stop();
  for (std::string state : {"enabled", "advise", "paused", "degraded"})
    CHECK_FALSE(shows_state(on, state));
}

TEST_CASE("D2 metrics show degraded when actors die again and again") {
  rehearsal on{threshold_config()};
  for (int deaths = 1; deaths <= 3; ++deaths) {
    on.play(20s, calm);
    caf::anon_send_exit(on.parts().brain, caf::exit_reason::kill);
    on.clock().drain();
  }
  on.play(20s, calm);
  CHECK(shows_state(on, "degraded"));
}

TEST_CASE("D2 metrics show how many messages wait for each actor") {
  rehearsal on{threshold_config()};
  on.play(10s, calm);
  for (std::string actor :
       {"monitor", "analyzer", "applier", "watchdog", "metrics", "journal"}) {
    CAPTURE(actor);
    CHECK(on.metric("auto_tuning_mailbox_messages{actor=\"" + actor + "\"}"));
  }
  caf::scoped_actor self{on.clock().system()};
  auto asked = self->request(on.parts().brain, 10s, waiting_atom_v);
  for (int i = 0; i < 3; ++i) // Come while the analyzer does not run.
    caf::anon_send(on.parts().brain, resume_atom_v);
  on.clock().drain();
  asked.receive(
    [](uint64_t waiting) { CHECK(waiting == 3); },
    [](const caf::error& x) { FAIL(describe(x)); });
}

TEST_CASE("D2 each look counts as a decision that took no simulated time") {
  auto c = threshold_config();
  c.tuner.slo.p95_latency_ms = 400;
  rehearsal on{c};
  on.play(121s, calm);
  CHECK(on.metric("auto_tuning_decision_duration_seconds_count") == 2);
  CHECK(on.metric("auto_tuning_decision_duration_seconds_sum") == 0);
  CHECK(on.metric("auto_tuning_slo_p95_seconds") == 0.4);
  CHECK(on.metric("auto_tuning_slo_windows_total{result=\"missed\"}") == 2);
}

TEST_CASE("D2 no actor is left behind by restarts") {
  rehearsal on{threshold_config()};
  on.play(90s, calm);
  auto running = on.metric("auto_tuning_actors");
  REQUIRE(running);
  CHECK(*running >= 8); // The five, the pipeline, the journal and the target.
  for (int i = 0; i < 3; ++i) {
    caf::anon_send_exit(on.parts().eyes, caf::exit_reason::kill);
    on.play(90s, calm);
  }
  CHECK(*on.metric("auto_tuning_actors") == *running);
}
