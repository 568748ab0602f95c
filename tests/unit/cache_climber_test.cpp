#include "actors/analyzer/cache/cache_climber.hpp"
#include "tests/unit/cache_target.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

constexpr size_bounds wide{16, 4096};
constexpr cache_costs costs{0.004, 10};

cache_evidence seen(double size_mib, double hit_ratio, double n = 50'000) {
  return {size_mib, hit_ratio * n, (1 - hit_ratio) * n};
}

} // namespace

TEST_CASE("A8 without keys climbing ends near the knee") {
  auto exact = settled_curve(20'000);
  for (double start : {64.0, 400.0, 1300.0}) {
    for (auto entry_bytes : {reading{}, reading{65'536.0}}) {
      CAPTURE(start);
      cache_target target{start, {.names_keys = false}};
      cache_sizer sizer;
      auto prices = prices_with_knee();
      prices.entry_bytes = entry_bytes;
      auto done = tune(target, sizer, prices, 1'500);
      CHECK(exact_cost(exact, target.size_mib()) <= 1.1 * least_cost(exact));
      CHECK(done.last_move_s <= 1'200); // It comes to rest.
    }
  }
}

TEST_CASE("A8 a step that pays is followed by another") {
  cache_climber climber;
  CHECK(*climber.next(seen(100, 0.5), costs, wide) == doctest::Approx(125));
  climber.moved(seen(100, 0.5), 125);
  auto next = climber.next(seen(125, 0.6), costs, wide);
  CHECK(*next == doctest::Approx(156.25));
}

TEST_CASE("A8 a step that does not pay is turned, with half the step") {
  cache_climber climber;
  climber.next(seen(100, 0.5), costs, wide);
  climber.moved(seen(100, 0.5), 125);
  auto next = climber.next(seen(125, 0.5), costs, wide);
  CHECK(*next == doctest::Approx(125 / std::sqrt(1.25)));
}

TEST_CASE("A8 too few accesses are no evidence for a step") {
  cache_climber climber;
  CHECK(!climber.next(seen(100, 0.5, 9'000), costs, wide));
  climber.next(seen(100, 0.5), costs, wide);
  climber.moved(seen(100, 0.5), 125);
  // It has to bring 0.01 of hits; what it brought is not clear yet.
  CHECK(!climber.next(seen(125, 0.511, 12'000), costs, wide));
  CHECK(climber.next(seen(125, 0.511, 100'000), costs, wide));
}

TEST_CASE("A8 a step undone by others is not tried again at once") {
  cache_climber climber;
  climber.next(seen(100, 0.5), costs, wide);
  climber.moved(seen(100, 0.5), 125);
  climber.moved(seen(125, 0.3, 100), 100);
  auto next = climber.next(seen(100, 0.5), costs, wide);
  CHECK(*next == doctest::Approx(100 / std::sqrt(1.25)));
}

TEST_CASE("A8 at its bound a climber turns") {
  cache_climber climber;
  auto next = climber.next(seen(100, 0.5), costs, {16, 100});
  REQUIRE(next);
  CHECK(*next < 100);
  cache_climber stuck;
  CHECK(!stuck.next(seen(100, 0.5), costs, {100, 100}));
}

TEST_CASE("A8 a climber at rest sets out again when the hits change") {
  cache_climber climber{{.step = 1.02}}; // Below its least: rests at once.
  CHECK(!climber.next(seen(100, 0.5), costs, wide));
  CHECK(!climber.next(seen(100, 0.53), costs, wide));
  CHECK(climber.next(seen(100, 0.4), costs, wide));
}
