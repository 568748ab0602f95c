#include "tests/scenario/stage.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace tuner;
using namespace tuner::test;

namespace {

void kill(rehearsal& on, const caf::actor& whom) {
  caf::anon_send_exit(whom, caf::exit_reason::kill);
  on.clock().drain();
}

template <class Handle>
caf::actor any(const Handle& x) {
  return caf::actor_cast<caf::actor>(x);
}

/// Reaches one of the five actors.
using part = caf::actor (*)(const pipeline_parts&);

const std::pair<const char*, part> every_part[] = {
  {"monitor", [](const pipeline_parts& x) { return any(x.eyes); }},
  {"analyzer", [](const pipeline_parts& x) { return any(x.brain); }},
  {"applier", [](const pipeline_parts& x) { return any(x.hand); }},
  {"watchdog", [](const pipeline_parts& x) { return any(x.dog); }},
  {"metrics", [](const pipeline_parts& x) { return any(x.shower); }},
};

} // namespace

TEST_CASE("B1 fault: a callback that throws changes nothing and is told") {
  bool broken = true;
  rehearsal on{threshold_config(), {[&](host& x) {
                 auto port = x.knobs().at(knob::batch_timeout);
                 x.on(
                   knob::batch_timeout,
                   [&, port](double v) {
                     if (std::exchange(broken, false))
                       throw std::runtime_error{"boom"};
                     port.set(v);
                   },
                   port.get);
               }}};
  on.play(40s, calm);
  auto answer = on.ask<change>(
    apply_atom_v,
    by_hand({{knob::batch_size, 0, 64, ""}, {knob::batch_timeout, 0, 9, ""}}));
  REQUIRE_FALSE(answer);
  CHECK(
    describe(answer.error())
    == "batch_timeout_ms = 9: the callback threw: boom");
  CHECK(at_start(on)); // The batch size was written first, and went back.
  CHECK(logged(on, "the callback threw: boom; going back") == 1);
  CHECK(history_of(on).empty());
  CHECK(status_of(on).state == tuning_state::enabled);
  CHECK(on.ask<change>(apply_atom_v, batch_to(64)));
}

TEST_CASE(
  "B4 fault: a callback that throws when undoing is tried until it works") {
  bool broken = false;
  rehearsal on{threshold_config(), {[&](host& x) {
                 auto port = x.knobs().at(knob::batch_size);
                 x.on(
                   knob::batch_size,
                   [&, port](double v) {
                     if (broken)
                       throw 42;
                     port.set(v);
                   },
                   port.get);
               }}};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  broken = true;
  on.play(35s, slower);
  CHECK(on.host_runs_with[knob::batch_size] == 64);     // It can't be helped,
  CHECK(status_of(on).state == tuning_state::degraded); // but it is told:
  CHECK(logged(on, "batch_size should be 32, but") > 0);
  on.play(60s, slower);
  CHECK(status_of(on).state == tuning_state::degraded);
  broken = false;
  on.play(70s, slower); // Tried at least once a minute or so.
  REQUIRE(at_start(on));
  CHECK(history_of(on).back().what.kind == change_kind::rollback);
  on.play(11min, calm);
  CHECK(status_of(on).state == tuning_state::enabled);
}

TEST_CASE("B1 fault: a target that never answers a write is given up on") {
  // A target whose knobs hang: it answers everything but writes and restores.
  struct hanging {
    static target_actor::behavior_type
    run(target_actor::pointer self, settings* values) {
      return {
        [](sample_atom) { return sample{}; },
        [values](read_atom) { return *values; },
        [self](write_atom, const settings&, const lease&)
          -> caf::result<settings, settings> {
          return self->make_response_promise<settings, settings>();
        },
        [values](confirm_atom) { return *values; },
        [values](restore_atom) { return *values; },
        [](figures_atom) {},
        [](expire_atom, uint64_t) {},
      };
    }
  };
  auto values = standard_knobs({}).initial();
  rehearsal on{threshold_config()}; // For its clock and its log.
  target_actor target = on.clock().system().spawn(hanging::run, &values);
  pipeline_params p = wire(threshold_config(), {});
  p.target = target;
  p.series =
    std::make_shared<exposition>(on.registry(), "", standard_knobs({}));
  auto logs = std::make_shared<log_hub>(
    log_params{}, nullptr,
    [&](std::string_view line) { on.log.emplace_back(line); });
  auto tuned = on.clock().system().spawn(
    pipeline, on.clock().context("", logs), std::move(p));
  on.clock().drain();
  caf::scoped_actor self{on.clock().system()};
  auto answer = self->request(tuned, 10s, apply_atom_v, batch_to(64));
  on.clock().drain();
  on.clock().advance(3s);
  answer.receive(
    [](const change&) { FAIL("nothing was changed"); },
    [](const caf::error& x) { CHECK(describe(x) == "no answer in time"); });
  CHECK(logged(on, "no change came about: no answer in time") == 1);
  caf::anon_send_exit(tuned, caf::exit_reason::kill);
  caf::anon_send_exit(target, caf::exit_reason::kill);
  on.clock().drain();
}

TEST_CASE("B7 fault: each actor killed in the middle of a trial") {
  for (const auto& [name, reach] : every_part) {
    CAPTURE(name);
    rehearsal on{threshold_config()};
    on.play(40s, calm);
    REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
    on.play(5s, calm);
    kill(on, reach(on.parts()));
    CHECK(at_start(on)); // At once, before the restart.
    CHECK(logged(on, std::string{name} + " died") == 1);
    CHECK(status_of(on).state == tuning_state::degraded);
    on.play(2s, calm);
    CHECK(status_of(on).state == tuning_state::enabled);
    auto events = history_of(on);
    REQUIRE(events.size() == 2);
    CHECK(events[0].judged.result == outcome::inconclusive);
    CHECK(
      events[1].what.reason
      == "Rollback because the tuner restarted after tuning at "
         "1970-01-01T00:00:40.000Z");
    CHECK(
      on.metric("auto_tuning_rollbacks_total{parameter=\"batch_size\"}") == 1);
    // And it works again.
    on.play(40s, calm);
    CHECK(on.ask<change>(apply_atom_v, batch_to(64)));
  }
}

TEST_CASE("C4 fault: an actor that keeps dying leaves the tuner degraded") {
  rehearsal on{threshold_config()};
  for (int i = 0; i < 3; ++i) {
    kill(on, any(on.parts().eyes));
    on.play(10s, calm);
  }
  auto status = status_of(on);
  CHECK(status.state == tuning_state::degraded);
  CHECK(status.reason.find("monitor died") == 0);
  CHECK(status.reason.find("3 deaths within ten minutes") != std::string::npos);
  on.play(10min, calm);
  CHECK(status_of(on).state == tuning_state::enabled);
}

TEST_CASE("Fault: a monitor that throws is restarted and told") {
  config c = threshold_config();
  c.logging.levels = {{"monitor", "debug"}};
  rehearsal on{c};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  bool full = true;
  on.on_log = [&](std::string_view line) { // What makes this monitor throw.
    if (line.find("debug monitor") != line.npos && std::exchange(full, false))
      throw std::runtime_error{"disk full"};
  };
  on.play(20s, calm); // At 60 s it says what it observed.
  CHECK_FALSE(full);
  CHECK(logged(on, "stopped by an exception: disk full") == 1);
  CHECK(logged(on, "monitor died") == 1);
  CHECK(at_start(on));
  on.play(2s, calm);
  CHECK(status_of(on).state == tuning_state::enabled);
}

TEST_CASE("Fault: a host whose figures throw or are NaN is still observed") {
  rehearsal on{threshold_config(), {[](host& x) {
                 x.queue_length([]() -> double { throw 1; });
                 x.memory_used_ratio([] { return std::nan(""); });
               }}};
  on.play(60s, {15, 1800ms});
  CHECK(on.host_runs_with[knob::batch_size] == 24);
  CHECK(logged(on, "the callback for queue_length threw") == 1);
  CHECK(logged(on, "the callback for memory_used_ratio returned nan") == 1);
}

TEST_CASE("Fault: no data makes no decision") {
  rehearsal on{threshold_config()};
  on.play(10min, {0, 0ms});
  CHECK(on.calls.empty());
  CHECK(logged(on, "Insufficient performance data for analysis") == 1);
  CHECK(status_of(on).state == tuning_state::enabled);
}

TEST_CASE("Fault: NaN, negative and hour-long latencies do no harm") {
  using ms = std::chrono::duration<double, std::milli>;
  rehearsal on{threshold_config()};
  for (int i = 0; i < 60; ++i) {
    for (int k = 0; k < 10; ++k) {
      on.counts().record_request(ms{std::nan("")}, true);
      on.counts().record_request(ms{-5.0}, true);
      on.counts().record_request(-10ms, true);
    }
    on.play(1s, calm);
  }
  CHECK(on.calls.empty());
  CHECK(logged(on, "No tuning needed") == 1);
  on.play(60s, {20, 2h}); // Beyond the histogram: still high latency.
  CHECK(on.host_runs_with[knob::batch_size] == 24);
}

TEST_CASE("Fault: shutdown in the middle of a trial undoes the change") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(5s, calm);
  on.stop();
  CHECK(at_start(on));
  CHECK(logged(on, "stopped; the target keeps batch_size=32") == 1);
}

TEST_CASE("Fault: shutdown after a kept change leaves it in force") {
  rehearsal on{threshold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(30s, calm);
  on.stop();
  CHECK(on.host_runs_with[knob::batch_size] == 64);
  CHECK(on.calls.size() == 1);
}

TEST_CASE("B7 a write that nobody confirms is undone by the target itself") {
  rehearsal on{threshold_config()};
  target_actor target;
  auto logs =
    std::make_shared<log_hub>(log_params{}, nullptr, [](std::string_view) {});
  double value = 32;
  host shown;
  shown.on(
    knob::batch_size, [&](double v) { value = v; }, [&] { return value; });
  target = on.clock().system().spawn(
    callback_target, on.clock().context("", logs),
    callback_target_params{shown, standard_knobs({}), [] { return sample{}; }});
  caf::anon_send(
    target, write_atom_v, settings{{knob::batch_size, 64}}, lease{5s, 20s});
  on.clock().drain();
  CHECK(value == 64);
  SUBCASE("at the end of its lease, however often samples are taken") {
    for (int i = 0; i < 19; ++i) {
      on.clock().advance(1s);
      caf::anon_send(target, sample_atom_v);
      on.clock().drain();
    }
    CHECK(value == 64);
    on.clock().advance(1s);
  }
  SUBCASE("and sooner when nobody takes samples any more") {
    on.clock().advance(3s);
    caf::anon_send(target, sample_atom_v);
    on.clock().advance(4s);
    CHECK(value == 64);
    on.clock().advance(1s);
  }
  CHECK(value == 32);
  caf::anon_send_exit(target, caf::exit_reason::kill);
  on.clock().drain();
}

TEST_CASE("E2 a target whose samples are long under way is seen all the same") {
  // One that closes a sample when asked, and whose answer takes 400 ms.
  struct far_target {
    static target_actor::behavior_type
    run(target_actor::stateful_pointer<far_target> self, const runtime* clock) {
      self->state.closed_at = clock->now();
      return {
        [self, clock](sample_atom) {
          auto& st = self->state;
          st.reply = self->make_response_promise<sample>();
          st.seen.opened_at = std::exchange(st.closed_at, clock->now());
          st.seen.closed_at = st.closed_at;
          st.seen.completed = 50;
          self->delayed_send(self, 400ms, expire_atom_v, uint64_t{0});
          return st.reply;
        },
        [](read_atom) { return settings{}; },
        [](write_atom, const settings&, const lease&)
          -> caf::result<settings, settings> {
          return {settings{}, settings{}};
        },
        [](confirm_atom) { return settings{}; },
        [](restore_atom) { return settings{}; },
        [](figures_atom) {},
        [self](expire_atom, uint64_t) {
          self->state.reply.deliver(self->state.seen);
        },
      };
    }
    instant closed_at{};
    sample seen;
    caf::typed_response_promise<sample> reply;
  };
  rehearsal on{threshold_config()}; // For its clock.
  auto c = threshold_config();
  c.tuner.observation_window_seconds = 1;
  c.tuner.tuning_interval_seconds = 1;
  auto params = wire(c, {});
  params.target = on.clock().system().spawn(far_target::run, &on.clock());
  params.series = std::make_shared<exposition>(
    std::make_shared<prometheus::Registry>(), "far", params.analyzer.knobs);
  pipeline_parts parts;
  params.started = [&](const pipeline_parts& x) { parts = x; };
  auto target = params.target;
  auto far = on.clock().system().spawn(
    pipeline,
    on.clock().context(
      "far",
      std::make_shared<log_hub>(
        log_params{}, nullptr, [](std::string_view) {})),
    std::move(params));
  on.clock().advance(10s);
  auto seen = ask<observation>(on.clock(), parts.eyes, 5s, window_atom_v);
  REQUIRE(seen);
  CHECK(seen->completed == 50);
  parts = {};
  caf::anon_send_exit(far, caf::exit_reason::kill);
  caf::anon_send_exit(target, caf::exit_reason::kill);
  on.clock().drain();
}
