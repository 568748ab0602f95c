#include "actors/analyzer/climb/steering.hpp"
#include "actors/analyzer/climb/weigh.hpp"
#include "tests/unit/climb_target.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::climb;
using namespace tuner::test;

namespace {

/// Ten seconds thrice.
evidence seen(double p95_ms, double busy_ms = 0, double load_rps = 200) {
  picture x;
  x.seconds = 10;
  x.completed = 10 * load_rps;
  x.load_rps = x.served_rps = load_rps;
  x.p95_ms = p95_ms;
  x.mean_ms = 0.7 * p95_ms;
  if (busy_ms > 0)
    x.busy_ms = busy_ms;
  return {x, {x, x, x}};
}

struct place {
  knob_table knobs;
  levers at;

  place(double size, double timeout_ms)
    : knobs(batch_and_timeout(size, timeout_ms)),
      at(levers_of(knobs.initial(), knobs)) {}
};

steering::goal goal(double p95_ms, double slo_ms = 100) {
  return {p95_ms, 1, 0.95 * slo_ms, slo_ms};
}

} // namespace

TEST_CASE("A6 over the objective the timeout gets shorter where it binds") {
  place here{64, 50};
  auto x = steering{}.down(here.at, seen(110).all, goal(110));
  REQUIRE(x);
  CHECK(x->knob->name == knob::batch_timeout);
  CHECK(x->to < 50 * 95 / 110.);
  CHECK(x->to > 40);
  CHECK(x->why.find("110 ms of 100 ms") != std::string::npos);
}

TEST_CASE("A6 over the objective batches get smaller where they are full") {
  place here{16, 500};
  auto full = seen(110).all;
  full.batch_mean = 15.9;
  auto x = steering{}.down(here.at, full, goal(110));
  REQUIRE(x);
  CHECK(x->knob->name == knob::batch_size);
  CHECK(x->to < 16);
  CHECK(x->to >= 12);
}

TEST_CASE("A6 batches get no smaller than what could keep up") {
  place here{16, 500};
  here.at.size_floor = 16;
  auto full = seen(110).all;
  full.batch_mean = 16;
  CHECK_FALSE(steering{}.down(here.at, full, goal(110)));
}

TEST_CASE("A6 at the target there is no step") {
  place here{64, 50};
  CHECK_FALSE(steering{}.down(here.at, seen(95).all, goal(95)));
  CHECK_FALSE(steering{}.up(here.at, seen(95).all, goal(95)));
}

TEST_CASE("A6 below the objective the timeout grows by less than the room") {
  place here{64, 50};
  auto x = steering{}.up(here.at, seen(70).all, goal(70));
  REQUIRE(x);
  CHECK(x->knob->name == knob::batch_timeout);
  CHECK(x->to > 50);
  CHECK(x->to <= 50 + 25);
}

TEST_CASE("A6 a step up is half as long after each turn") {
  place here{64, 50};
  steering x;
  auto first = x.up(here.at, seen(50).all, goal(50))->to - 50;
  x.note(knob::batch_timeout, direction::up);
  x.note(knob::batch_timeout, direction::down);
  CHECK(x.share(knob::batch_timeout) == 0.5);
  auto second = x.up(here.at, seen(50).all, goal(50))->to - 50;
  CHECK(second < 0.6 * first);
  x.note(knob::batch_timeout, direction::up);
  CHECK(x.share(knob::batch_timeout) == 0.25);
  x.note(knob::batch_timeout, direction::up);
  CHECK(x.share(knob::batch_timeout) == 0.375);
  for (int i = 0; i < 20; ++i)
    x.note(knob::batch_timeout, i % 2 ? direction::up : direction::down);
  CHECK(x.share(knob::batch_timeout) == 0.125);
}

TEST_CASE("A6 batches of one grow first, and at once") {
  place here{1, 0};
  auto busy = seen(20).all;
  auto x = steering{}.up(here.at, busy, goal(20));
  REQUIRE(x);
  CHECK(x->knob->name == knob::batch_size);
  CHECK(x->to == 8);
}

TEST_CASE("A6 no growth when the target is less than half loaded") {
  place here{64, 5000};
  auto x = seen(40).all; // 200/s times 28 ms: 5.6 under way.
  x.batch_mean = 64;     // Whatever it says of its batches.
  CHECK_FALSE(steering{}.up(here.at, x, goal(40)));
  x.mean_ms = 160; // 32: half of 64.
  CHECK(steering{}.up(here.at, x, goal(40)));
  x.mean_ms = 159;
  CHECK_FALSE(steering{}.up(here.at, x, goal(40)));
}

TEST_CASE("A6 without batches reported a timeout to no effect is idle") {
  place here{16, 60};
  auto slow = seen(50).all;
  CHECK_FALSE(steering{}.size_binds(here.at, slow)); // 12 come in 60 ms.
  steering x;
  x.timeout_is_idle(true);
  CHECK(x.size_binds(here.at, slow));
  CHECK_FALSE(x.size_binds(levers{}, slow));
}

TEST_CASE("A6 knobs that are switched off or missing stay put") {
  place here{64, 50};
  here.at.timeout = nullptr;
  auto x = steering{}.down(here.at, seen(110).all, goal(110));
  REQUIRE(x);
  CHECK(x->knob->name == knob::batch_size);
  here.at.size = nullptr;
  CHECK_FALSE(steering{}.down(here.at, seen(110).all, goal(110)));
  CHECK_FALSE(steering{}.up(here.at, seen(50).all, goal(50)));
  auto off = batch_and_timeout(8, 5);
  off.knobs[0].enabled = false;
  auto at = levers_of(off.initial(), off);
  CHECK(at.size == nullptr);
  CHECK(at.batch_size == 8);
}

TEST_CASE("A6 a step is better only by more than noise") {
  CHECK(*weigh(seen(50), seen(48), {}));
  CHECK_FALSE(*weigh(seen(50), seen(49.5), {}));
  CHECK_FALSE(*weigh(seen(50), seen(52), {}));
  auto noisy = seen(48);
  noisy.parts[0].p95_ms = 40;
  noisy.parts[1].p95_ms = 56;
  CHECK_FALSE(*weigh(seen(50), noisy, {}));
}

TEST_CASE("A10 within the objective less busy time is better") {
  CHECK(*weigh(seen(50, 10), seen(80, 9), 100.0));
  CHECK_FALSE(*weigh(seen(50, 10), seen(40, 10), 100.0));
  CHECK_FALSE(*weigh(seen(50, 10), seen(101, 5), 100.0));
  // Out of it, a smaller p95 is.
  CHECK(*weigh(seen(150, 10), seen(120, 20), 100.0));
}

TEST_CASE("A10 less p95 with less load or less served is no merit") {
  CHECK_FALSE(*weigh(seen(50, 0, 200), seen(40, 0, 150), {}));
  CHECK(*weigh(seen(50, 0, 150), seen(40, 0, 200), {}));
  auto lossy = seen(30);
  lossy.all.served_ratio = 0.9;
  CHECK_FALSE(*weigh(seen(50), lossy, {}));
  CHECK_FALSE(weigh(evidence{}, seen(50), {}));
}
