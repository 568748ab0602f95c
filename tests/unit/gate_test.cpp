#include "actors/analyzer/gate.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1000s};

verdict ended(outcome how, instant at) {
  verdict result;
  result.result = how;
  result.at = at;
  return result;
}

} // namespace

TEST_CASE("A11 no trial starts while one is open, nor in the cool-down after") {
  gate_params p;
  p.cool_down = 60s;
  gate_state gate;
  CHECK_FALSE(shut_because(p, gate, start));
  gate.trial_open = true;
  CHECK(shut_because(p, gate, start) == "a trial is running");
  close_trial(p, gate, ended(outcome::kept, start));
  CHECK(shut_because(p, gate, start + 20s) == "cooling down for another 40 s");
  CHECK(shut_because(p, gate, start + 60s - 1ns));
  CHECK_FALSE(shut_because(p, gate, start + 60s));
}

TEST_CASE("A12 paused or in mode advise, nothing is written") {
  gate_params p;
  gate_state gate;
  gate.paused = true;
  CHECK(shut_because(p, gate, start) == "paused by an operator");
  CHECK_FALSE(advice_only_because(p, gate, start));
  p.mode = tuning_mode::advise;
  CHECK(advice_only_because(p, gate, start) == "mode is advise");
}

TEST_CASE("B8 too many rollbacks within an hour leave advice only") {
  gate_params p;
  gate_state gate;
  for (auto at : {start, start + 10min, start + 20min}) {
    CHECK_FALSE(advice_only_because(p, gate, at));
    close_trial(p, gate, ended(outcome::rolled_back, at));
  }
  CHECK(
    advice_only_because(p, gate, start + 20min)
    == "3 rollbacks within an hour, advice only until "
       "1970-01-01T01:36:40.000Z or until resumed");
  CHECK(advice_only_because(p, gate, start + 80min - 1ns));
  CHECK_FALSE(advice_only_because(p, gate, start + 80min));
}

TEST_CASE("B8 only rollbacks count, and only so many within an hour") {
  gate_params p;
  gate_state gate;
  auto now = start;
  for (int i = 0; i < 10; ++i, now += 31min) {
    close_trial(p, gate, ended(outcome::rolled_back, now));
    close_trial(p, gate, ended(outcome::kept, now));
    close_trial(p, gate, ended(outcome::inconclusive, now));
    CHECK_FALSE(advice_only_because(p, gate, now));
  }
  p.rollbacks_per_hour_max = 0;
  for (int i = 0; i < 10; ++i)
    close_trial(p, gate, ended(outcome::rolled_back, now));
  CHECK_FALSE(advice_only_because(p, gate, now));
}

TEST_CASE("B8 a rollback soon after the advice ends brings more of it") {
  gate_params p;
  gate_state gate;
  auto roll_back = [&](instant at) {
    close_trial(p, gate, ended(outcome::rolled_back, at));
  };
  for (int i = 0; i < 3; ++i)
    roll_back(start);
  roll_back(start + 1h + 30min);
  CHECK(too_many_rollbacks(gate, start + 7h + 30min - 1ns));
  CHECK_FALSE(too_many_rollbacks(gate, start + 7h + 30min));
  roll_back(start + 7h + 59min); // The third in as much time without advice.
  CHECK(too_many_rollbacks(gate, start + 31h));
  SUBCASE("a day later all is as it was at first") {
    auto later = start + 56h;
    for (int i = 0; i < 3; ++i) {
      CHECK_FALSE(too_many_rollbacks(gate, later));
      roll_back(later);
    }
    CHECK(too_many_rollbacks(gate, later + 1h - 1ns));
    CHECK_FALSE(too_many_rollbacks(gate, later + 1h));
  }
  SUBCASE("an operator lifts it at once, and it is forgotten") {
    reopen(gate);
    CHECK_FALSE(too_many_rollbacks(gate, start + 8h));
    roll_back(start + 8h);
    CHECK_FALSE(too_many_rollbacks(gate, start + 8h));
  }
}

TEST_CASE("A12 in a freeze window not even an urgent decision is made") {
  gate_params p;
  p.freezes = {{start, start + 1h, {}, {}}};
  gate_state gate;
  CHECK_FALSE(stopped_because(p, gate, start - 1ns));
  CHECK(
    stopped_because(p, gate, start) == "frozen until 1970-01-01T01:16:40.000Z");
  CHECK(shut_because(p, gate, start) == stopped_because(p, gate, start));
  CHECK_FALSE(stopped_because(p, gate, start + 1h));
}

TEST_CASE("A11 below a floor of traffic nothing is decided") {
  gate_params p;
  observation seen;
  CHECK_FALSE(too_quiet_because(p, seen));
  p.load_min_rps = 2;
  CHECK(too_quiet_because(p, seen));
  seen.closed_at = seen.opened_at + 100s;
  seen.completed = 200;
  CHECK_FALSE(too_quiet_because(p, seen));
  seen.offered = 150.0; // What arrives counts, where that is known.
  CHECK(
    too_quiet_because(p, seen)
    == "Too little traffic: 1.5 requests/s are fewer than the 2 that tuning "
       "needs");
}
