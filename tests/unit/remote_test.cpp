#include "actors/agent/redial_pauses.hpp"
#include "actors/targets/clock_offset.hpp"
#include "actors/targets/sample_limits.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <set>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

/// A second of a machine whose clock is `ahead` of ours.
sample second_of(instant closed_here, duration ahead) {
  sample x;
  x.closed_at = closed_here + ahead;
  x.opened_at = x.closed_at - 1s;
  x.in_force_since = x.closed_at - 30s;
  return x;
}

} // namespace

TEST_CASE("E2 samples of another machine come in by our clock") {
  for (auto ahead : {duration{0}, duration{3h}, duration{-3h}}) {
    clock_offset clocks;
    auto now = instant{100'000s};
    instant closed_before{};
    for (int i = 0; i < 100; ++i) {
      auto x = second_of(now, ahead);
      auto under_way = i % 10 == 0 ? 2ms : 40ms; // Most are slow.
      clocks.move(x, now + under_way);
      CHECK(x.closed_at <= now + under_way);
      CHECK(x.closed_at >= now - 1ms);
      CHECK(x.in_force_since < x.opened_at);
      if (i > 0) // Neither gap nor overlap.
        CHECK(x.opened_at == closed_before);
      if (i > 10)
        CHECK(x.closed_at <= now + 20ms); // The quick ones tell.
      closed_before = x.closed_at;
      now += 1s;
    }
  }
}

TEST_CASE("E2 settings of another machine are in force since one moment") {
  clock_offset clocks;
  auto now = instant{100'000s};
  const auto changes = std::array{now - 30s, now + 20500ms, now + 70500ms};
  std::set<instant> seen;
  auto mixed = 0;
  for (int i = 0; i < 100; ++i) {
    auto x = second_of(now, 3h);
    for (auto at : changes)
      if (at < now)
        x.in_force_since = at + 3h;
    auto within = x.in_force_since > x.opened_at;
    clocks.move(x, now + (i % 10 == 0 ? 2ms : 1ms * (1 + i * 37 % 1500)));
    CHECK((x.in_force_since > x.opened_at) == within);
    mixed += within ? 1 : 0;
    seen.insert(x.in_force_since);
    now += 1s;
  }
  CHECK(seen.size() == changes.size());
  CHECK(mixed == 2);
}

TEST_CASE("E2 clocks that drift apart are followed") {
  clock_offset clocks;
  auto now = instant{100'000s};
  for (int i = 0; i < 3600; ++i) {
    // One hundred millionths too slow: 0.36 s an hour.
    auto x = second_of(now, -i * 100us);
    clocks.move(x, now + 1ms);
    CHECK(x.closed_at <= now + 1ms);
    CHECK(x.closed_at >= now - 1ms);
    now += 1s;
  }
}

TEST_CASE("E2 pauses between dials double, stay bounded and differ") {
  redial_pauses one{1};
  for (auto most : {250ms, 500ms, 1000ms, 2000ms, 3000ms, 3000ms}) {
    auto pause = one.next();
    CHECK(pause <= most);
    CHECK(pause >= most / 2);
  }
  one.reset();
  CHECK(one.next() <= 250ms);
  std::set<duration> firsts;
  for (uint64_t seed = 0; seed < 50; ++seed)
    firsts.insert(redial_pauses{seed}.next());
  CHECK(firsts.size() > 40);
}

TEST_CASE("E2 a sample of another machine says no more than can be") {
  sample x;
  x.opened_at = instant{duration::min()};
  x.closed_at = instant{duration::max()};
  x.in_force_since = instant{duration::min()};
  x.busy = duration{-1};
  x.arrivals_until = duration::max();
  x.workers = UINT32_MAX;
  x.offered = NAN;
  x.queue_length = 3;
  x.memory_mib = INFINITY;
  x.in_force = {{"batch_size", NAN}, {"batch_timeout_ms", 5}};
  x.cache_keys.resize(100'000);
  limit(x);
  clock_offset clocks;
  clocks.move(x, instant{std::chrono::hours{500'000}});
  CHECK(x.closed_at == instant{std::chrono::hours{500'000}});
  CHECK(x.closed_at - x.opened_at > 0s);
  CHECK(x.busy == 0s);
  CHECK(x.workers <= 4096);
  CHECK_FALSE(x.offered);
  CHECK(*x.queue_length == 3);
  CHECK_FALSE(x.memory_mib);
  CHECK(x.in_force == settings{{"batch_timeout_ms", 5}});
  CHECK(x.cache_keys.size() == cache_keys_max);
}
