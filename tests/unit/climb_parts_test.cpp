#include "actors/analyzer/climb/capacity_climb.hpp"
#include "actors/analyzer/climb/crowd.hpp"
#include "actors/analyzer/climb/line_search.hpp"
#include "actors/analyzer/climb/load_trend.hpp"
#include "tests/unit/climb_target.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::climb;
using namespace tuner::test;
using std::chrono::minutes;

namespace {

instant at(double x) {
  return instant{from_seconds(x)};
}

/// Lets a line search find the least of `f`.
double
least_of(double (*f)(double), const knob_spec& spec, double start, int* steps) {
  line_search search{spec, {start, 1, 0}};
  auto present = start;
  auto best = f(start);
  *steps = 0;
  for (double now = 0; *steps < 200; now += 100) {
    auto to = search.next(present, at(now));
    if (!to)
      break;
    CHECK(*to != present);
    CHECK(*to >= spec.min);
    CHECK(*to <= spec.max);
    present = *to;
    ++*steps;
    auto better = f(present) < best;
    best = std::min(best, f(present));
    search.tell(present, better, at(now));
  }
  return present;
}

} // namespace

TEST_CASE("A11 a failed step is off for a while, then twice as long") {
  back_off x{minutes{5}};
  CHECK(x.left("k", direction::up, at(0)) == duration{});
  x.failed("k", direction::up, at(0));
  CHECK(x.left("k", direction::up, at(1)) == std::chrono::seconds{299});
  CHECK(x.left("k", direction::down, at(1)) == duration{});
  CHECK(x.left("other", direction::up, at(1)) == duration{});
  CHECK(x.left("k", direction::up, at(300)) == duration{});
  x.failed("k", direction::up, at(300));
  CHECK(x.left("k", direction::up, at(300)) == minutes{10});
  x.failed("k", direction::up, at(900));
  CHECK(x.left("k", direction::up, at(900)) == minutes{20});
  CHECK(x.steps_off(at(900)) == 1);
}

TEST_CASE("A11 failing again while off does not double the back-off") {
  back_off x{minutes{5}};
  x.failed("k", direction::up, at(0));
  x.failed("k", direction::up, at(10));
  CHECK(x.left("k", direction::up, at(10)) == std::chrono::seconds{290});
}

TEST_CASE("A11 a back-off grows to four hours and starts anew after a while") {
  back_off x{minutes{5}};
  double now = 0;
  for (int i = 0; i < 20; ++i) {
    x.failed("k", direction::up, at(now));
    now += tuner::seconds(x.left("k", direction::up, at(now)));
  }
  x.failed("k", direction::up, at(now));
  CHECK(x.left("k", direction::up, at(now)) == std::chrono::hours{4});
  now += 24 * 3600;
  x.failed("k", direction::up, at(now));
  CHECK(x.left("k", direction::up, at(now)) == minutes{5});
}

TEST_CASE("A11 a clock that was set back does not lengthen a back-off") {
  back_off x{minutes{5}};
  x.failed("k", direction::up, at(1e6));
  CHECK(x.left("k", direction::up, at(0)) == minutes{5});
}

TEST_CASE("A2 a line search finds the least of a parabola from either side") {
  auto f = [](double x) { return (x - 7) * (x - 7) + 10; };
  knob_spec spec{"k", knob_role::other, 0, 100, 1, "", 0, true};
  int steps = 0;
  for (double start : {0.0, 3.0, 7.0, 8.0, 20.0, 60.0, 100.0}) {
    CHECK(least_of(f, spec, start, &steps) == 7);
    CHECK(steps <= 25);
  }
}

TEST_CASE("A2 a line search at a bound rests there") {
  knob_spec spec{"k", knob_role::other, 2, 9, 1, "", 5, true};
  int steps = 0;
  CHECK(least_of([](double x) { return x; }, spec, 5, &steps) == 2);
  CHECK(least_of([](double x) { return -x; }, spec, 5, &steps) == 9);
}

TEST_CASE("A2 a line search on a plateau goes back and rests twice as long") {
  knob_spec spec{"k", knob_role::other, 0, 100, 1, "", 50, true};
  line_search x{spec, {50, 1, 0}};
  double now = 0;
  double present = 50;
  std::vector<double> rests;
  for (int i = 0; i < 200 && rests.size() < 3; ++i, now += 10) {
    auto to = x.next(present, at(now));
    if (!to) {
      CHECK(present == 50);
      auto began = now;
      while (x.rests(at(now)))
        now += 10;
      rests.push_back(now - began);
      continue;
    }
    present = *to;
    x.tell(present, false, at(now));
  }
  REQUIRE(rests.size() == 3);
  CHECK(rests[1] > 1.8 * rests[0]);
  CHECK(rests[2] > 1.8 * rests[1]);
}

TEST_CASE("A2 a line search on a knob of one value never moves it") {
  knob_spec spec{"k", knob_role::other, 4, 4, 1, "", 4, true};
  line_search x{spec, {4, 1, 0}};
  CHECK_FALSE(x.next(4, at(0)));
}

TEST_CASE("A6 on overload the batch grows while more is answered") {
  capacity_climb x;
  CHECK(*x.next({32, 400, 0}, at(0)) == 64);
  CHECK(*x.next({64, 500, 0}, at(5)) == 128);
  // No more than at 64: back from there, by a smaller factor.
  CHECK(*x.next({128, 505, 0}, at(10)) == doctest::Approx(64 / std::sqrt(2.)));
}

TEST_CASE("A6 on overload the batch goes to what suits the load, if far") {
  capacity_climb x;
  CHECK(*x.next({1, 150, 15}, at(0)) == 15);
  CHECK(*capacity_climb{}.next({128, 150, 24}, at(0)) == 24);
  CHECK(*capacity_climb{}.next({22, 150, 24}, at(0)) == 44);
}

TEST_CASE("A6 on overload the climb ends at the best batch size") {
  auto served = [](double n) { return 1000 - 0.1 * (n - 40) * (n - 40); };
  capacity_climb x;
  double n = 20;
  double now = 0;
  for (; now < 500; now += 5) {
    auto to = x.next({n, served(n), 0}, at(now));
    if (!to)
      break;
    n = std::round(*to);
  }
  CHECK(now < 100);
  CHECK(n > 28);
  CHECK(n < 60);
}

TEST_CASE("A6 on overload an absurd figure leads nowhere") {
  capacity_climb x;
  CHECK_FALSE(x.next({NAN, 100, 0}, at(0)));
  CHECK_FALSE(x.next({10, NAN, 0}, at(0)));
  CHECK_FALSE(x.next({0, 100, 0}, at(0)));
}

TEST_CASE("A6 a trend of the load shows when it is more than noise") {
  load_trend flat;
  load_trend rising;
  std::mt19937_64 random{3};
  for (int i = 0; i < 120; ++i) {
    std::poisson_distribution<int> still{500};
    std::poisson_distribution<int> more{500 + 2. * i};
    flat.push(sample_of({10, 1. * still(random)}, {}, i + 1));
    rising.push(sample_of({10, 1. * more(random)}, {}, i + 1));
  }
  CHECK(flat.growth_per_second() == 0);
  CHECK(rising.growth_per_second() > 0.001);
  CHECK(rising.growth_per_second() < 0.006);
  CHECK(rising.peak_rps() >= rising.now_rps());
  CHECK(load_trend{}.peak_rps() == 0);
}

TEST_CASE("A6 who waits is known from the queue, or from what is unanswered") {
  crowd queued;
  crowd counted;
  crowd blind;
  for (int i = 1; i <= 5; ++i) {
    queued.push(sample_of({10, 100, 100, 0, 0, 50}, {}, i));
    counted.push(sample_of({10, 100, 60}, {}, i));
    auto x = sample_of({10, 100, 60}, {}, i);
    x.offered = {};
    blind.push(x);
  }
  CHECK(queued.wait_seconds() == doctest::Approx(0.5));
  CHECK(counted.waiting() == doctest::Approx(200));
  CHECK_FALSE(counted.clearing());
  CHECK(blind.wait_seconds() == 0);
  for (int i = 6; i <= 8; ++i)
    counted.push(sample_of({10, 100, 150}, {}, i));
  CHECK(counted.clearing());
}
