#include "actors/node/node.hpp"
#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "app/pipeline.hpp"
#include "app/wiring.hpp"
#include "tests/scenario/stage.hpp"

#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>
#include <prometheus/registry.h>

using namespace tuner;
using namespace tuner::test;

namespace {

/// A serving host with one knob, and what an agent would say of it.
struct far_host {
  double batch_size = 32;
  enrolment hello;
  target_actor target;
};

/// A node and its hosts, all in one actor system.
struct node_stage {
  explicit node_stage(std::function<void(node_params&)> adjust = {}) {
    node_params x;
    x.name = "node";
    x.knows = [](const std::string& token) { return token == "secret"; };
    x.start = [this](const enrolment& who, const target_actor& target) {
      return start(who, target);
    };
    if (adjust)
      adjust(x);
    actor = clock.system().spawn(node, clock.context("", logs), std::move(x));
  }

  ~node_stage() {
    ask<uint64_t>(clock, actor, 10s, stop_atom_v);
    clock.advance(20s);
    for (auto& x : hosts)
      caf::anon_send_exit(x->target, caf::exit_reason::kill);
    caf::anon_send_exit(actor, caf::exit_reason::kill);
    hosts.clear();
    pipelines.clear();
    actor = nullptr;
    clock.drain();
  }

  pipeline_actor start(const enrolment& who, const target_actor& target) {
    auto c = threshold_config();
    c.tuner.policy = "hold";
    target_config which;
    which.name = who.target;
    which.knobs = who.knobs.knobs;
    auto params = wire(c, which);
    params.target = target;
    params.series =
      std::make_shared<exposition>(registry, which.name, params.analyzer.knobs);
    auto result = clock.system().spawn(
      pipeline, clock.context(which.name, logs), std::move(params));
    pipelines.push_back(result);
    return result;
  }

  far_host& host_called(
    const std::string& name, uint64_t process = 1, double batch_max = 4096) {
    hosts.push_back(std::make_unique<far_host>());
    auto& x = *hosts.back();
    x.hello.token = "secret";
    x.hello.target = name;
    x.hello.process = process;
    x.hello.version = "0.1.0";
    x.hello.knobs.knobs = {standard_knobs({}).knobs[0]};
    x.hello.knobs.knobs[0].max = batch_max;
    host shown;
    shown.on(
      knob::batch_size, [&x](double v) { x.batch_size = v; },
      [&x] { return x.batch_size; });
    x.target = clock.system().spawn(
      callback_target, clock.context(name, logs),
      callback_target_params{shown, x.hello.knobs, [] { return sample{}; }});
    return x;
  }

  /// @returns why it was refused; empty: it was not.
  std::string enroll(const far_host& x, uint32_t version = protocol_version) {
    auto done = ask<std::string>(
      clock, actor, 10s, enroll_atom_v, version, to_text(x.hello),
      caf::actor_cast<caf::strong_actor_ptr>(x.target));
    clock.drain();
    return done ? "" : describe(done.error());
  }

  void lose(far_host& x) {
    caf::anon_send_exit(x.target, caf::exit_reason::kill);
    clock.drain();
  }

  tuning_status status(size_t i = 0) {
    auto x = ask<tuning_status>(clock, pipelines.at(i), 10s, status_atom_v);
    return x ? *x : tuning_status{};
  }

  bool apply(double batch_size) {
    return static_cast<bool>(ask<change>(
      clock, pipelines.at(0), 10s, apply_atom_v, batch_to(batch_size)));
  }

  std::vector<history_event> history(size_t i = 0) {
    auto x = ask<std::vector<history_event>>(
      clock, pipelines.at(i), 10s, history_query{{}, 100, 0});
    return x ? *x : std::vector<history_event>{};
  }

  long logged(std::string_view text) const {
    return std::count_if(log.begin(), log.end(), [&](const auto& line) {
      return line.find(text) != std::string::npos;
    });
  }

  runtime clock{clock_kind::simulated};
  std::vector<std::string> log;
  std::shared_ptr<log_hub> logs = std::make_shared<log_hub>(
    log_params{}, [this] { return clock.now(); },
    [this](std::string_view line) { log.emplace_back(line); });
  std::shared_ptr<prometheus::Registry> registry =
    std::make_shared<prometheus::Registry>();
  std::vector<pipeline_actor> pipelines;
  std::vector<std::unique_ptr<far_host>> hosts;
  node_actor actor;
};

} // namespace

TEST_CASE("E2 a node tunes whoever enrolls, each on its own") {
  node_stage on;
  auto& one = on.host_called("one");
  auto& two = on.host_called("two");
  CHECK(on.enroll(one).empty());
  CHECK(on.enroll(two).empty());
  CHECK(on.pipelines.size() == 2);
  CHECK(on.status(0).state == tuning_state::enabled);
  REQUIRE(on.apply(64));
  CHECK(one.batch_size == 64);
  CHECK(two.batch_size == 32);
}

TEST_CASE("E2 whoever should not come in is told why, and logged") {
  node_stage on{[](node_params& x) { x.targets_max = 1; }};
  auto& one = on.host_called("one");
  SUBCASE("another version") {
    CHECK(
      on.enroll(one, protocol_version + 1).find("install the same auto_tuner")
      != std::string::npos);
    CHECK(on.logged("refused agent without a name") == 1);
  }
  SUBCASE("a wrong token") {
    one.hello.token = "secreT";
    CHECK(on.enroll(one) == "its token is wrong");
    CHECK(on.logged("refused agent one") == 1);
  }
  SUBCASE("a name that is none") {
    one.hello.target = "a b";
    CHECK(on.enroll(one).find("1 to 64 letters") != std::string::npos);
  }
  SUBCASE("one more than are allowed") {
    CHECK(on.enroll(one).empty());
    CHECK(
      on.enroll(on.host_called("two")) == "this node tunes 1 targets already");
    CHECK(on.enroll(one).empty()); // Not one more.
  }
  SUBCASE("no target") {
    one.target = nullptr;
    CHECK(on.enroll(one) == "it names no target actor");
    one.target = on.host_called("other").target;
  }
}

TEST_CASE("E2 of two agents with one name the older one stays") {
  node_stage on;
  auto& older = on.host_called("one", 1);
  auto& newer = on.host_called("one", 2);
  REQUIRE(on.enroll(older).empty());
  CHECK(
    on.enroll(newer).find("another agent of this name") != std::string::npos);
  REQUIRE(on.apply(64));
  CHECK(older.batch_size == 64);
  CHECK(newer.batch_size == 32);
  on.lose(older);
  CHECK(on.enroll(newer).empty()); // It may, now.
}

TEST_CASE("E2 a target whose agent goes is parked, and resumed as it was") {
  node_stage on;
  auto& before = on.host_called("one", 1);
  REQUIRE(on.enroll(before).empty());
  REQUIRE(on.apply(64));
  on.clock.advance(300s);
  auto kept = on.history().size();
  on.lose(before);
  CHECK(on.status().state == tuning_state::degraded);
  CHECK(on.status().reason == "its agent is gone; parked");
  CHECK_FALSE(on.apply(16));
  on.clock.advance(3600s); // Nobody restarts anything meanwhile.
  CHECK(on.status().reason == "its agent is gone; parked");
  auto& again = on.host_called("one", 1); // The same process.
  REQUIRE(on.enroll(again).empty());
  on.clock.advance(2s);
  CHECK(on.pipelines.size() == 1);
  CHECK(on.status().state == tuning_state::enabled);
  CHECK(on.history().size() == kept);
  CHECK(on.apply(16));
}

TEST_CASE("E2 a host that starts anew is given what was confirmed last") {
  node_stage on;
  auto& before = on.host_called("one", 1);
  REQUIRE(on.enroll(before).empty());
  auto set = ask<change>(
    on.clock, on.pipelines[0], 10s, set_atom_v,
    settings{{knob::batch_size, 48}});
  REQUIRE(set);
  CHECK(before.batch_size == 48);
  on.lose(before);
  auto& after = on.host_called("one", 2);
  REQUIRE(on.enroll(after).empty());
  on.clock.advance(2s);
  CHECK(after.batch_size == 48);
}

TEST_CASE(
  "E2 a trial that was open when the agent went is undone, not judged") {
  node_stage on;
  auto& before = on.host_called("one", 1);
  REQUIRE(on.enroll(before).empty());
  REQUIRE(on.apply(64));
  on.lose(before);
  auto& after = on.host_called("one", 2);
  REQUIRE(on.enroll(after).empty());
  on.clock.advance(2s);
  CHECK(after.batch_size == 32);
  auto events = on.history();
  REQUIRE(events.size() == 2);
  CHECK(events[0].judged.result == outcome::inconclusive);
  CHECK(events[0].undone);
}

TEST_CASE("E2 an agent that comes back before its loss is noticed is let in") {
  node_stage on;
  auto& before = on.host_called("one", 1);
  auto& again = on.host_called("one", 1);
  REQUIRE(on.enroll(before).empty());
  REQUIRE(on.enroll(again).empty());
  on.clock.advance(2s);
  CHECK(on.status().state == tuning_state::enabled);
  REQUIRE(on.apply(64));
  CHECK(again.batch_size == 64);
  on.lose(before); // Nobody minds any more.
  CHECK(on.status().state == tuning_state::enabled);
}

TEST_CASE("E2 a host that has other knobs now starts anew with them") {
  node_stage on;
  auto& before = on.host_called("one", 1);
  REQUIRE(on.enroll(before).empty());
  on.lose(before);
  auto& after = on.host_called("one", 2, 40);
  REQUIRE(on.enroll(after).empty());
  on.clock.advance(5s);
  REQUIRE(on.pipelines.size() == 2);
  CHECK(on.status(1).state == tuning_state::enabled);
  auto done =
    ask<change>(on.clock, on.pipelines[1], 10s, apply_atom_v, batch_to(64));
  REQUIRE(done);
  CHECK(after.batch_size == 40);
}

TEST_CASE("B7 a target that is confirmed though nobody heard of it is undone") {
  // The answer to `confirm` is lost, and the agent with it.
  node_stage on;
  auto& before = on.host_called("one", 1);
  REQUIRE(on.enroll(before).empty());
  REQUIRE(on.apply(64));
  ask<settings>(on.clock, before.target, 10s, confirm_atom_v);
  ask<std::string>(
    on.clock, on.actor, 10s, enroll_atom_v, protocol_version,
    to_text(before.hello),
    caf::actor_cast<caf::strong_actor_ptr>(before.target));
  on.clock.advance(2s);
  CHECK(before.batch_size == 32);
  CHECK(on.history().at(0).undone);
}

TEST_CASE("E2 a rolling restart of all agents changes nothing") {
  node_stage on;
  for (const auto* name : {"a", "b", "c", "d", "e"})
    REQUIRE(on.enroll(on.host_called(name)).empty());
  REQUIRE(ask<change>(
    on.clock, on.pipelines[2], 10s, set_atom_v,
    settings{{knob::batch_size, 40}}));
  std::vector<size_t> events;
  for (size_t i = 0; i < 5; ++i)
    events.push_back(on.history(i).size());
  for (size_t i = 0; i < 5; ++i) {
    auto before = on.hosts[i]->batch_size;
    on.lose(*on.hosts[i]);
    on.clock.advance(3s);
    auto& again = on.host_called(on.hosts[i]->hello.target, 2);
    REQUIRE(on.enroll(again).empty());
    on.clock.advance(60s);
    CHECK(again.batch_size == before);
    CHECK(on.status(i).state == tuning_state::enabled);
  }
  for (size_t i = 0; i < 5; ++i)
    CHECK(on.history(i).size() == events[i]);
  CHECK(on.pipelines.size() == 5);
}
