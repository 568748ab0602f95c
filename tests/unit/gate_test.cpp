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
  close_trial(gate, ended(outcome::kept, start));
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
    close_trial(gate, ended(outcome::rolled_back, at));
  }
  close_trial(gate, ended(outcome::kept, start + 21min));
  auto why = advice_only_because(p, gate, start + 30min);
  REQUIRE(why);
  CHECK(why->find("3 rollbacks within an hour") == 0);
  CHECK(advice_only_because(p, gate, start + 1h - 1ns));
  CHECK_FALSE(advice_only_because(p, gate, start + 1h));
  p.rollbacks_per_hour_max = 0;
  CHECK_FALSE(advice_only_because(p, gate, start + 30min));
}
