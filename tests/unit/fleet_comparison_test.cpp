#include "actors/fleet/comparison.hpp"
#include "actors/watchdog/peer_judge.hpp"
#include "tests/unit/observations.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace tuner;
using namespace tuner::test;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1000s};

observation second_of(instant at, double p95_ms, double batch_size) {
  auto result = observed({p95_ms, 20, 20}, {{"batch_size", batch_size}});
  result.opened_at = at;
  result.closed_at = at + 1s;
  return result;
}

/// Half a minute at `before`, then as long at `after`, by batches of 32 and
/// then of `batch_size`.
host_seconds told(double before_ms, double after_ms, double batch_size = 32) {
  host_seconds result;
  for (int i = 0; i < 30; ++i)
    add(result, second_of(start + i * 1s, before_ms, 32));
  for (int i = 30; i < 60; ++i)
    add(result, second_of(start + i * 1s, after_ms, batch_size));
  return result;
}

std::optional<shift> shift_between(double before_ms, double after_ms) {
  auto x = told(before_ms, after_ms, 24);
  return shift_of(x, seconds_around(x, start + 30s, 0s), false);
}

judge_params threshold_rule() {
  judge_params result;
  result.name = "threshold";
  return result;
}

verdict of_threshold_judge(
  double before_ms, double after_ms, double peers_ms, double peers_error,
  uint32_t peers = 5) {
  peer_judge by{threshold_rule()};
  change what;
  what.id = change_id{7};
  what.moves = {{"batch_size", 32, 24, ""}};
  by.begin(what);
  peer_comparison x;
  x.id = what.id;
  x.at = start;
  x.own_p95 = std::log(after_ms / before_ms);
  x.peers_p95 = std::log(peers_ms / before_ms);
  x.p95_error = peers_error;
  x.served_error = 0.03;
  if (x.peers = peers; peers > 0)
    by.compare(x);
  auto before = observed({before_ms, 20, 20});
  auto after = observed({after_ms, 20, 20});
  return *by.look({what, before, after, start, true, false});
}

} // namespace

TEST_CASE("E5 a host's shift is that of the logarithm of its p95") {
  auto x = shift_between(100, 150);
  REQUIRE(x);
  CHECK(x->p95 == doctest::Approx(std::log(1.5)));
  CHECK(x->served == doctest::Approx(0));
  CHECK(x->failed_ratio == 0);
}

TEST_CASE("E5 the seconds of a switchback are not those of the change") {
  auto x = told(100, 150, 24);
  for (int i = 60; i < 80; ++i) // The old settings are back.
    add(x, second_of(start + i * 1s, 100, 32));
  auto when = seconds_around(x, start + 30s, 0s);
  CHECK(when.after.size() == 29); // The first is mixed.
  CHECK(when.after.back() == 1059);
  CHECK(when.before.size() == 29);
  CHECK(shift_of(x, when, false)->p95 == doctest::Approx(std::log(1.5)));
}

TEST_CASE("E5 a second that still shows the old settings is not after") {
  host_seconds x;
  for (int i = 0; i < 60; ++i)
    add(x, second_of(start + i * 1s, 100, i < 33 ? 32 : 24));
  auto when = seconds_around(x, start + 30s, 0s);
  REQUIRE(when.after.size() == 27);
  CHECK(when.after.front() == 1033);
}

TEST_CASE("E5 a host that changed meanwhile is no peer") {
  auto own = told(100, 150, 24);
  auto when = seconds_around(own, start + 30s, 0s);
  CHECK(shift_of(told(100, 110), when, true));
  CHECK_FALSE(shift_of(told(100, 110, 48), when, true));
}

TEST_CASE("E5 too few seconds with requests are no evidence") {
  host_seconds x;
  for (int i = 0; i < 60; ++i) {
    auto one = second_of(start + i * 1s, 100, i < 30 ? 32 : 24);
    one.completed = i % 20 == 0 ? 1 : 0;
    add(x, one);
  }
  CHECK_FALSE(shift_of(x, seconds_around(x, start + 30s, 0s), false));
}

TEST_CASE(
  "E5 what happened to all is subtracted, by the scatter of the peers") {
  shift own{std::log(1.5), 0, 0};
  CHECK_FALSE(compare(own, {{0.1, 0, 0}, {0.1, 0, 0}})); // Two are too few.
  auto x = compare(own, {{0.3, 0, 0}, {0.4, 0, 0}, {0.5, 0, 0}});
  REQUIRE(x);
  CHECK(x->peers == 3);
  CHECK(x->peers_p95 == doctest::Approx(0.4));
  CHECK(
    x->p95_error
    == doctest::Approx(0.14826 * std::sqrt(1 + 1.5708 / 3)).epsilon(1e-4));
  auto alike = compare(own, {{0.4, 0, 0}, {0.4, 0, 0}, {0.4, 0, 0}});
  CHECK(alike->p95_error >= 0.03);
}

TEST_CASE("E5 a rollback stands where the peers did not get worse") {
  CHECK(of_threshold_judge(100, 130, 100, 0.04).result == outcome::rolled_back);
  CHECK(of_threshold_judge(100, 200, 110, 0.04).result == outcome::rolled_back);
}

TEST_CASE("E5 where the peers got as bad, nobody is blamed") {
  auto x = of_threshold_judge(100, 130, 125, 0.04);
  CHECK(x.result == outcome::inconclusive);
  CHECK(
    x.reason.rfind(
      "not to blame: p95 is 30 % higher than before here, and 25 % higher "
      "at 5 hosts that did not change (",
      0)
    == 0);
  CHECK(x.numbers.at("p95_ratio_of_peers") == doctest::Approx(1.25));
  // Twice as bad is more than all had.
  CHECK(of_threshold_judge(100, 260, 130, 0.04).result == outcome::rolled_back);
}

TEST_CASE("E5 what is kept must not be surely worse than its peers") {
  CHECK(of_threshold_judge(100, 100, 60, 0.04).result == outcome::rolled_back);
  CHECK(of_threshold_judge(100, 100, 60, 0.2).result == outcome::kept);
  CHECK(of_threshold_judge(100, 100, 90, 0.01).result == outcome::kept);
}

TEST_CASE("E5 without figures of peers the judge is the one configured") {
  CHECK(
    of_threshold_judge(100, 130, 125, 0.04, 0).result == outcome::rolled_back);
  CHECK(of_threshold_judge(100, 100, 60, 0.04, 0).result == outcome::kept);
  CHECK(peer_judge{threshold_rule()}.name() == "threshold");
}
