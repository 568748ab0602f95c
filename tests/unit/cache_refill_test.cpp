#include "actors/analyzer/cache/cache_memory.hpp"
#include "actors/analyzer/cache/refill.hpp"
#include "tests/unit/cache_target.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace tuner;
using namespace tuner::test;

namespace {

constexpr double mib_bytes = 1024 * 1024;

/// A cache that grew from 100 to 200 MiB with room for 100 entries more.
refill_totals grown(uint64_t hits, uint64_t misses) {
  return {100, 200, mib_bytes, {}, hits, misses, std::chrono::seconds{10}};
}

} // namespace

TEST_CASE("A8 a refill takes as many misses as entries fit in now") {
  CHECK(entries_to_insert(grown(0, 0)) == 100);
  CHECK(!refilled(grown(5'000, 99)));
  CHECK(refilled(grown(5'000, 100)));
  CHECK(*refill_time(grown(500, 50)) == std::chrono::seconds{10});
  CHECK(*refill_time(grown(500, 100)) == duration{0});
}

TEST_CASE("A8 a cache that shrank has nothing to refill") {
  refill_totals x{200, 100, 1000.0, {}, 0, 0, {}};
  CHECK(refilled(x));
  CHECK(*refill_time(x) == duration{0});
}

TEST_CASE("A8 no more entries are inserted than there are keys") {
  auto x = grown(10, 30);
  x.distinct_keys = 30;
  CHECK(refilled(x));
}

TEST_CASE(
  "A8 the time of a refill is unknown before the first miss or access") {
  CHECK(!refill_time({0, 100, {}, {}, 0, 0, {}}));
  CHECK(refilled({0, 1e9, {}, {}, 100'000, 0, {}}));
  // At the rate of accesses it ends after 100,000 of them.
  CHECK(
    *refill_time({0, 100, {}, {}, 50'000, 0, std::chrono::seconds{7}})
    == std::chrono::seconds{7});
}

TEST_CASE("A8 absurd totals have a refill that is over or not, no more") {
  auto nan = std::nan("");
  auto inf = std::numeric_limits<double>::infinity();
  for (auto from : {nan, inf, -inf, 0.0, 1e300})
    for (auto to : {nan, inf, -inf, 0.0, 1e300})
      for (auto entry : {nan, inf, 0.0, -1.0, 1e-300}) {
        refill_totals x{from, to, entry, entry, 3, 5, duration{-1}};
        CHECK(entries_to_insert(x) >= 0);
        CHECK((refilled(x) || !refill_time(x)));
      }
}

TEST_CASE("A8 a real cache is full when its refill is said to be over") {
  cache_target target{100};
  cache_sizer sizer;
  for (int i = 0; i < 60; ++i)
    sizer.watch(target.next());
  auto before = target.memory_mib();
  target.resize(300);
  sizer.watch(target.next());
  auto seconds_taken = 0;
  std::optional<duration> expected;
  while (!refilled(sizer.learned().since_change()) && seconds_taken < 600) {
    if (++seconds_taken == 2)
      expected = refill_time(sizer.learned().since_change());
    sizer.watch(target.next());
  }
  CHECK(target.memory_mib() >= before + 0.95 * 200);
  CHECK(seconds_taken <= 60);
  REQUIRE(expected);
  CHECK(seconds(*expected) == doctest::Approx(seconds_taken).epsilon(0.5));
}

TEST_CASE("A8 the size for a share of memory leaves the rest untouched") {
  // 1000 MiB in all, 400 of them beside the cache.
  CHECK(*size_at({0.9, 900.0, 500, 500}, 0.8) == doctest::Approx(400));
  CHECK(*size_at({0.7, 700.0, 500, 300}, 0.8) == doctest::Approx(400));
  CHECK(!size_at({{}, 900.0, 500, 500}, 0.8));
  CHECK(!size_at({std::nan(""), 900.0, 500, 500}, 0.8));
}
