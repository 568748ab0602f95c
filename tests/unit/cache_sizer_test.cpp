#include "actors/analyzer/cache/cache_sizer.hpp"
#include "tests/unit/cache_target.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace tuner;
using namespace tuner::test;

namespace {

/// @returns a second of a target that uses so much of its memory.
sample pressed(double size_mib, double used_ratio, double used_mib) {
  sample result;
  result.opened_at = instant{std::chrono::hours{1}};
  result.closed_at = result.opened_at + std::chrono::seconds{1};
  result.in_force[knob::cache_size] = size_mib;
  result.memory_used_ratio = used_ratio;
  result.memory_mib = used_mib;
  return result;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("A8 with keys the size costs at most 1.1 of the best, in few moves") {
  auto exact = settled_curve(20'000);
  for (double start : {16.0, 400.0, 1300.0, 4000.0}) {
    CAPTURE(start);
    cache_target target{start};
    cache_sizer sizer;
    auto done = tune(target, sizer, prices_with_knee(), 600);
    CHECK(exact_cost(exact, target.size_mib()) <= 1.1 * least_cost(exact));
    CHECK(done.moves.size() <= 3);
    CHECK(done.last_move_s <= 400);
  }
}

TEST_CASE("A8 a proposal says what it expects in figures and in words") {
  cache_target target{64};
  cache_sizer sizer;
  auto done = tune(target, sizer, prices_with_knee(), 60);
  REQUIRE(!done.moves.empty());
  auto& first = done.moves.front();
  CHECK(first.from_mib == 64);
  CHECK(first.to_mib > 64);
  CHECK(*first.hit_ratio_then > *first.hit_ratio_now);
  CHECK(*first.workers_then <= 0.97 * *first.workers_now);
  CHECK(!first.urgent);
  CHECK(contains(first.reason, "Miss-ratio curve: cache 64 -> "));
}

TEST_CASE("A8 the size of an entry is learned from the hits measured") {
  cache_target target{256};
  cache_sizer sizer;
  for (int i = 0; i < 120; ++i)
    sizer.watch(target.next());
  auto entry = sizer.learned().since_change().entry_bytes;
  REQUIRE(entry);
  CHECK(*entry == doctest::Approx(65'536).epsilon(0.05));
}

TEST_CASE(
  "A8 a cache much too large for its few keys shrinks to what they need") {
  cache_target target{4000, {.keys = 400}}; // 25 MiB.
  cache_sizer sizer;
  auto done = tune(target, sizer, {0.05, 0.01, {}}, 600);
  CHECK(target.size_mib() >= 16);
  CHECK(target.size_mib() <= 60);
  CHECK(target.next().cache_hits >= 950);
}

TEST_CASE("A8 a sizer that begins with a full cache does not shrink it first") {
  cache_target target{500};
  for (int i = 0; i < 200; ++i)
    target.next();
  cache_sizer sizer;
  auto done = tune(target, sizer, prices_with_knee(), 300);
  for (auto& move : done.moves)
    CHECK(move.to_mib >= 400);
}

TEST_CASE("A8 the size follows a shift of the working set") {
  cache_target target{400, {.keys = 5'000}};
  cache_sizer sizer;
  tune(target, sizer, prices_with_knee(), 600);
  auto small = target.size_mib();
  target.shift(20'000);
  tune(target, sizer, prices_with_knee(), 1200);
  auto exact = settled_curve(20'000);
  CHECK(target.size_mib() > small);
  CHECK(exact_cost(exact, target.size_mib()) <= 1.1 * least_cost(exact));
}

TEST_CASE("A8 a cache does not grow beyond the memory there is") {
  cache_target target{64, {.limit_mib = 800}};
  cache_sizer sizer;
  auto done = tune(target, sizer, {0.05, 0.01, {}}, 600);
  CHECK(!done.moves.empty());
  CHECK(target.size_mib() <= 0.85 * 800 - 500);
  CHECK(target.size_mib() >= 0.80 * 800 - 500);
}

TEST_CASE("A8 memory pressure is answered in one call") {
  cache_sizer sizer;
  sizer.watch(pressed(500, 0.95, 950));
  auto cut = sizer.relief(cache_knob());
  REQUIRE(cut);
  CHECK(cut->to_mib == 350); // 950 - 150 is 80 % of 1000 MiB.
  CHECK(cut->urgent);
  CHECK(contains(cut->reason, "Memory pressure: 95 % used is above 90 %"));
  auto proposed = sizer.propose(cache_knob(), {});
  REQUIRE(proposed);
  CHECK(proposed->to_mib == 350);
}

TEST_CASE("A8 a cut is given time to show before the next one") {
  cache_sizer sizer;
  auto x = pressed(500, 0.95, 950);
  sizer.watch(x);
  auto later = [&](int s, double ratio) {
    auto y = pressed(350, ratio, 1000 * ratio);
    y.opened_at = x.opened_at + std::chrono::seconds{s};
    y.closed_at = y.opened_at + std::chrono::seconds{1};
    sizer.watch(y);
    return sizer.relief(cache_knob());
  };
  CHECK(!later(1, 0.95));
  CHECK(!later(8, 0.95));
  SUBCASE("of ten seconds") {
    CHECK(later(15, 0.95));
  }
  SUBCASE("unless usage rises") {
    CHECK(later(9, 0.96));
  }
}

TEST_CASE("A8 pressure without MiB shrinks the cache in proportion") {
  cache_sizer sizer;
  auto x = pressed(500, 1.0, 0);
  x.memory_mib = {};
  sizer.watch(x);
  auto cut = sizer.relief(cache_knob());
  REQUIRE(cut);
  CHECK(cut->to_mib == 400);
}

TEST_CASE("A8 pressure never shrinks a cache below its least size") {
  cache_sizer sizer;
  sizer.watch(pressed(500, 3.0, 9000));
  CHECK(sizer.relief(cache_knob(100))->to_mib == 100);
  sizer.watch(pressed(100, 3.0, 9000));
  CHECK(!sizer.relief(cache_knob(100)));
}

TEST_CASE("A8 a sizer that holds says why") {
  cache_sizer sizer;
  CHECK(!sizer.propose(cache_knob(), {}));
  CHECK(contains(sizer.held_because(), "not known"));
  cache_target target{1000};
  sizer.watch(target.next());
  CHECK(!sizer.propose(cache_knob(), {}));
  CHECK(contains(sizer.held_because(), "miss costs"));
  CHECK(!sizer.propose(cache_knob(), prices_with_knee()));
  CHECK(contains(sizer.held_because(), "refilling"));
  CHECK(!sizer.propose(cache_knob(16, 16), prices_with_knee()));
  CHECK(contains(sizer.held_because(), "may not be moved"));
}

TEST_CASE("A8 a recorder told to skip keys costs the curve nothing") {
  cache_target target{64, {.keys = 40'000, .rate = 2'000}};
  cache_sizer sizer;
  tune(target, sizer, prices_with_knee(), 300);
  CHECK(sizer.keys_below() < miss_ratio_curve::all_keys);
  auto exact = settled_curve(40'000);
  CHECK(
    exact_cost(exact, target.size_mib(), 2'000)
    <= 1.1 * least_cost(exact, 2'000));
}
