#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "tests/scenario/stage.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <stdexcept>

using namespace tuner;
using namespace tuner::test;

namespace {

sample some_traffic() {
  sample x;
  x.completed = 100;
  return x;
}

/// A host in another process, and the target actor that stands for it.
struct foreign_stage {
  explicit foreign_stage(bool reachable, bool restore = false) : up(reachable) {
    host shown;
    shown.on(
      knob::batch_size,
      [this](double v) {
        if (!writable)
          look();
        written.push_back(v);
        runs_with = v;
      },
      [this] {
        look();
        return runs_with;
      });
    knob_table knobs;
    knobs.knobs = {standard_knobs({}).knobs[0]};
    callback_target_params x{shown, knobs, [this] { return next; }};
    x.may_have_no_data = true;
    x.restarted = [this] { return std::exchange(restarted, false); };
    x.restore_on_exit = restore;
    target = clock.system().spawn(
      callback_target, clock.context("db", logs), std::move(x));
    clock.drain();
  }

  ~foreign_stage() {
    caf::anon_send_exit(target, caf::exit_reason::kill);
    target = nullptr;
    clock.drain();
  }

  void look() const {
    if (!up)
      throw std::runtime_error{"redis at 127.0.0.1:6379: connection refused"};
  }

  /// It has the values of its own config again.
  void restart() {
    runs_with = 16;
    restarted = true;
  }

  sample take() {
    clock.advance(1s);
    return *ask<sample>(clock, target, 10s, sample_atom_v);
  }

  bool write(double v) {
    caf::scoped_actor self{clock.system()};
    bool done = false;
    self->send(
      target, write_atom_v, settings{{knob::batch_size, v}}, lease{60s, 90s});
    clock.drain();
    self->receive(
      [&](const settings&, const settings&) { done = true; },
      [&](caf::error&) {});
    return done;
  }

  long logged(std::string_view text) const {
    return std::count_if(log.begin(), log.end(), [&](const auto& line) {
      return line.find(text) != std::string::npos;
    });
  }

  sample next = some_traffic(); ///< What the sensor says.
  bool up;
  bool writable = false; ///< Even if it is not up.
  bool restarted = false;
  double runs_with = 48;
  std::vector<double> written;
  runtime clock{clock_kind::simulated};
  std::vector<std::string> log;
  std::shared_ptr<log_hub> logs = std::make_shared<log_hub>(
    log_params{}, [this] { return clock.now(); },
    [this](std::string_view line) { log.emplace_back(line); });
  target_actor target;
};

} // namespace

TEST_CASE(
  "E3 a host that is away at the start is not written before it is read") {
  foreign_stage on{false};
  CHECK_FALSE(on.write(64));
  for (int i = 0; i < 5; ++i)
    on.take();
  CHECK(on.logged("batch_size can't be read: redis at") == 1);
  on.up = true;
  auto seen = on.take();
  CHECK(seen.in_force.at(knob::batch_size) == 48);
  CHECK(seen.edits.empty()); // Nobody changed it: it was just not known.
  CHECK(on.logged("batch_size can be read again") == 1);
  CHECK(on.written.empty());
  CHECK(on.write(64));
  ask<settings>(on.clock, on.target, 10s, restore_atom_v);
  CHECK(on.runs_with == 48);
  // Nor one that could be written: nobody would know what to go back to.
  foreign_stage blind{false};
  blind.writable = true;
  CHECK_FALSE(blind.write(64));
  CHECK(blind.written.empty());
}

TEST_CASE("E3 a host that was started anew is told its settings again") {
  foreign_stage on{true};
  on.take();
  CHECK(on.write(64));
  ask<settings>(on.clock, on.target, 10s, confirm_atom_v);
  on.restart();
  auto seen = on.take();
  CHECK(on.runs_with == 64);
  CHECK(seen.edits.empty());
  CHECK(seen.in_force_since == seen.closed_at);
  CHECK(on.take().edits.empty());
  // What nobody confirmed yet comes back too, and can still be undone.
  CHECK(on.write(96));
  on.restart();
  on.take();
  CHECK(on.runs_with == 96);
  ask<settings>(on.clock, on.target, 10s, restore_atom_v);
  CHECK(on.runs_with == 64);
}

TEST_CASE("E3 a host that starts slowly is told its settings when it answers") {
  foreign_stage on{true};
  CHECK(on.write(64));
  on.restart();
  on.up = false;
  CHECK(on.take().edits.empty());
  CHECK(on.take().edits.empty());
  on.up = true;
  CHECK(on.take().edits.empty());
  CHECK(on.runs_with == 64);
  // A host that was never told anything keeps what it has.
  foreign_stage untold{true};
  untold.restart();
  auto seen = untold.take();
  CHECK(untold.written.empty());
  CHECK(seen.in_force.at(knob::batch_size) == 16);
}

TEST_CASE("A12 E3 what another one sets at a host is still respected") {
  foreign_stage on{true};
  CHECK(on.write(64));
  on.runs_with = 20;
  auto seen = on.take();
  REQUIRE(seen.edits.size() == 1);
  CHECK(seen.edits[0].to == 20);
  CHECK(on.runs_with == 20);
}

TEST_CASE("E3 what can't be watched is no sample, rather than one of nothing") {
  foreign_stage on{true};
  CHECK(on.take().completed == 100);
  on.next = {};
  on.clock.advance(1s);
  auto none = ask<sample>(on.clock, on.target, 10s, sample_atom_v);
  CHECK_FALSE(none);
  CHECK(describe(none.error()).find("no data") != std::string::npos);
  // An idle host that is seen is something else.
  on.next.memory_mib = 40;
  CHECK(on.take().memory_mib.value == 40);
  auto seen = on.take();
  CHECK(seen.opened_at == seen.closed_at - 1s);
}

TEST_CASE("E3 a host is left as it was found, if that is wanted") {
  auto runs_with_in_the_end = [](bool restore) {
    foreign_stage on{true, restore};
    CHECK(on.write(64));
    ask<settings>(on.clock, on.target, 10s, confirm_atom_v);
    on.take();
    caf::anon_send_exit(on.target, caf::exit_reason::user_shutdown);
    on.clock.drain();
    CHECK(on.logged("is left as it was found: batch_size=48") == restore);
    return on.runs_with;
  };
  CHECK(runs_with_in_the_end(true) == 48);
  CHECK(runs_with_in_the_end(false) == 64);
}
