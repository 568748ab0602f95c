#include "actors/applier/explain.hpp"
#include "app/simulation/simulation.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// 300 requests a second on one worker, two thirds busy. One scripted change at
/// 60 s, judged by `auto`.
scenario trial_of(const settings& change) {
  scenario result;
  result.duration_seconds = 240;
  result.initial = {16, 20, 256};
  result.arrivals.rates = {{0, 300}};
  result.scripted = {{60, change}};
  return result;
}

/// A change that hardly matters.
const settings neutral{{knob::batch_timeout, 20.5}};

struct trial_end {
  verdict judged;
  reading undone_at;
  settings final_settings;
};

trial_end play(const scenario& x) {
  auto seen = simulate(x, nullptr, false);
  REQUIRE(seen.decisions.size() == 1);
  return {
    seen.decisions[0].judged, seen.decisions[0].undone_at, seen.final_settings};
}

} // namespace

TEST_CASE("B5 a change that doubles p95 is tried twice, undone and blamed") {
  for (std::string judge : {"auto", "replay", "load_normalised"}) {
    CAPTURE(judge);
    auto x = trial_of({{knob::batch_timeout, 60}});
    x.tuner.judge = judge;
    auto seen = play(x);
    CHECK(seen.judged.result == outcome::rolled_back);
    CHECK(seen.judged.reason.find("once more") != std::string::npos);
    CHECK(seen.judged.numbers.at("p95_ratio") > 1.5);
    CHECK(seen.final_settings.at(knob::batch_timeout) == 20);
    REQUIRE(seen.undone_at);
    CHECK(*seen.undone_at < 120);
  }
}

TEST_CASE("B5 without a switchback what is suspect is undone at once") {
  auto x = trial_of({{knob::batch_timeout, 60}});
  x.tuner.watchdog.switchback = false;
  auto seen = play(x);
  CHECK(seen.judged.result == outcome::rolled_back);
  CHECK(seen.judged.reason.find("once more") == std::string::npos);
  REQUIRE(seen.undone_at);
  CHECK(*seen.undone_at < 75);
}

TEST_CASE("B5 a change that does no harm is kept at the first check") {
  auto seen = play(trial_of(neutral));
  CHECK(seen.judged.result == outcome::kept);
  CHECK(seconds(seen.judged.at - instant{}) == 90);
  CHECK(seen.judged.numbers.at("p95_ratio_high") < 1.2);
}

TEST_CASE("B5 load that moves right after a change is not blamed on it") {
  for (double rate : {150.0, 540.0}) {
    CAPTURE(rate);
    auto x = trial_of(neutral);
    x.arrivals.rates = {{0, 300}, {61, rate}};
    auto seen = play(x);
    CHECK(seen.judged.result == outcome::kept);
    x.tuner.judge = "threshold";
    if (rate > 300) // As the rule it replaces does.
      CHECK(play(x).judged.result == outcome::rolled_back);
  }
}

TEST_CASE("B5 a slow minute of the host is not blamed on a change") {
  auto x = trial_of(neutral);
  x.service.slowdowns = {{62, 122, 1.5}};
  auto seen = play(x);
  CHECK(seen.judged.result == outcome::kept); // It was as slow without it.
  CHECK(seen.final_settings.at(knob::batch_timeout) == 20.5);
  x.tuner.watchdog.switchback = false;
  CHECK(play(x).judged.result == outcome::rolled_back);
}

TEST_CASE("B5 a queue without bound is undone within seconds") {
  auto seen = play(trial_of({{knob::batch_size, 3}}));
  CHECK(seen.judged.result == outcome::rolled_back);
  CHECK(seen.final_settings.at(knob::batch_size) == 16);
  CHECK(seconds(seen.judged.at - instant{}) < 120);
}

TEST_CASE("B5 latency within the objective is what a cheaper setting costs") {
  auto x = trial_of({{knob::batch_timeout, 60}, {knob::batch_size, 32}});
  x.slo.p95_latency_ms = 200;
  auto seen = play(x);
  CHECK(seen.judged.result == outcome::kept);
  CHECK(seen.judged.numbers.at("p95_ratio") > 1.5);
  CHECK(seen.judged.numbers.at("cost_ratio") < 1);
  // It must be cheaper, though.
  auto dear = trial_of({{knob::batch_size, 4}});
  dear.arrivals.rates = {{0, 270}};
  dear.initial = {16, 30, 256};
  dear.slo.p95_latency_ms = 500;
  CHECK(play(dear).judged.result == outcome::rolled_back);
}

TEST_CASE("B5 with a request a second nobody is blamed, nothing stays open") {
  for (const auto& change : {neutral, settings{{knob::batch_timeout, 60}}})
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      auto x = trial_of(change);
      x.seed = seed;
      x.arrivals.rates = {{0, 1}};
      auto how = play(x).judged.result;
      CHECK((how == outcome::kept || how == outcome::inconclusive));
    }
}

TEST_CASE("B5 the same seed gives the same verdict") {
  auto x = trial_of({{knob::batch_timeout, 60}});
  CHECK(play(x).judged.reason == play(x).judged.reason);
}

TEST_CASE("B6 strategy gradual stops halfway back where that does no harm") {
  auto x = trial_of({{knob::batch_timeout, 30}});
  x.tuner.rollback.strategy = "gradual";
  x.tuner.judge = "threshold"; // Half of it is worse by 12 %.
  auto seen = simulate(x, nullptr, false);
  REQUIRE(seen.decisions.size() == 2);
  CHECK(seen.decisions[0].judged.result == outcome::rolled_back);
  CHECK(seen.decisions[1].judged.result == outcome::kept);
  CHECK(seen.final_settings.at(knob::batch_timeout) == 25);
}

TEST_CASE("B6 strategy gradual ends with the old values if no step will do") {
  auto x = trial_of({{knob::batch_timeout, 200}});
  x.tuner.rollback.strategy = "gradual";
  x.initial.batch_size = 64;
  x.duration_seconds = 300;
  auto seen = simulate(x, nullptr, false);
  REQUIRE(seen.decisions.size() == 3);
  for (const auto& decision : seen.decisions) {
    CHECK(decision.judged.result == outcome::rolled_back);
    CHECK(decision.undone_at);
  }
  CHECK(seen.final_settings.at(knob::batch_timeout) == 20);
}

TEST_CASE("B6 strategy partial keeps the knob that did no harm") {
  auto x = trial_of({{knob::batch_timeout, 60}, {knob::batch_size, 24}});
  x.tuner.rollback.strategy = "partial";
  auto seen = simulate(x, nullptr, false);
  REQUIRE(seen.decisions.size() == 2);
  CHECK(seen.decisions[0].judged.result == outcome::rolled_back);
  CHECK(seen.decisions[1].judged.result == outcome::kept);
  CHECK(seen.final_settings.at(knob::batch_timeout) == 20);
  CHECK(seen.final_settings.at(knob::batch_size) == 24);
}

TEST_CASE("D4 the README shows what is said of four changes") {
  auto loaded = load_scenario(AUTO_TUNER_SOURCE_DIR "/docs/four_verdicts.json");
  REQUIRE(loaded.errors.empty());
  std::ifstream in{AUTO_TUNER_SOURCE_DIR "/README.md"};
  std::ostringstream readme;
  readme << in.rdbuf();
  auto seen = simulate(loaded.value, nullptr, false);
  CHECK(seen.decisions.size() == 4);
  std::set<outcome> ends;
  for (const auto& x : seen.decisions) {
    ends.insert(x.judged.result);
    std::istringstream lines{explain(x.what, x.judged)};
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(readme.str().find(line) != std::string::npos);
    }
  }
  CHECK(ends.size() == 3); // Kept, rolled back and inconclusive.
}
