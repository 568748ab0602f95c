#include "actors/analyzer/analysis.hpp"
#include "actors/analyzer/registry.hpp"
#include "tests/unit/observations.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>

using namespace tuner;
using namespace tuner::test;

namespace {

/// Says whatever a test wants to hear.
struct scripted_policy : policy {
  std::vector<knob_move> moves;
  std::string_view name() const override { return "scripted"; }
  decision decide(const observation&, const knob_table&) override {
    return {moves, {}, {}};
  }
};

} // namespace

TEST_CASE("A4 an analysis says in words what it recommends and why") {
  auto knobs = standard_knobs({});
  auto rule = threshold_policy{{}};
  auto x = analyze(rule, observed({1800, 15}, knobs.initial()), knobs, 10, {});
  REQUIRE(x.moves.size() == 1);
  CHECK(x.reason == "High latency: p95 1800 ms is above 1000 ms");
  CHECK(
    x.held == std::vector<std::string>{"batch_timeout_ms", "cache_size_mb"});
  CHECK(proposal_of(x).reason == x.reason);
  CHECK(proposal_of(x).evidence.completed == 1500);
}

TEST_CASE("A4 too few requests are insufficient data") {
  auto knobs = standard_knobs({});
  auto rule = threshold_policy{{}};
  auto seen = observed({1800, 15}, knobs.initial());
  for (uint64_t completed : {0, 1, 9}) {
    seen.completed = completed;
    auto x = analyze(rule, seen, knobs, 10, {});
    CHECK(x.reason == "Insufficient performance data for analysis");
    CHECK(x.moves.empty());
    CHECK(x.held.empty());
  }
  seen.completed = 10;
  CHECK_FALSE(analyze(rule, seen, knobs, 10, {}).moves.empty());
}

TEST_CASE("A4 good figures need no tuning") {
  auto knobs = standard_knobs({});
  auto rule = threshold_policy{{}};
  auto x = analyze(rule, observed({550, 25}, knobs.initial()), knobs, 10, {});
  CHECK(x.moves.empty());
  CHECK(x.reason == "No tuning needed, performance is optimal");
  CHECK(x.held.size() == 3);
}

TEST_CASE("A4 a policy that oversteps is held to its contract") {
  auto knobs = standard_knobs({});
  knobs.knobs[2].enabled = false;
  scripted_policy wild;
  wild.moves = {
    {"batch_size", 1, 1e9, "too far"},
    {"batch_timeout_ms", 1, 50, "where it is"},
    {"cache_size_mb", 1, 8192, "switched off"},
    {"warp", 1, 9, "unknown"}};
  auto x = analyze(wild, observed({}, knobs.initial()), knobs, 10, {});
  REQUIRE(x.moves.size() == 1);
  CHECK(x.moves[0].to == knobs.knobs[0].max);
  CHECK(x.moves[0].from == 32);
  wild.moves = {
    {"batch_size", 1, std::numeric_limits<double>::quiet_NaN(), ""}};
  CHECK(
    analyze(wild, observed({}, knobs.initial()), knobs, 10, {}).moves.empty());
}

TEST_CASE("A2 a knob is a row in a table, with bounds and steps") {
  knob_table knobs{
    {{"beam_width", knob_role::other, 2, 9, 3, "beams", 5, true}}};
  CHECK(knobs.initial() == settings{{"beam_width", 5}});
  CHECK(clamp(knobs.knobs[0], 7.4) == 8);
  CHECK(clamp(knobs.knobs[0], 100) == 8); // 9 is not on a step from 2.
  CHECK(clamp(knobs.knobs[0], -100) == 2);
  scripted_policy black_box;
  black_box.moves = {{"beam_width", 5, 8, "faster"}};
  auto x = analyze(black_box, observed({}, knobs.initial()), knobs, 10, {});
  CHECK(to_string(x.moves) == "beam_width 5 -> 8");
}

TEST_CASE("D4 of a target that tells of no latency none is told") {
  auto seen = observed({0, 20});
  CHECK(summary(seen) == "20 rps, 2000 requests in 100 s, memory 60 %");
  seen.latency_p99 = from_milliseconds(3);
  CHECK(summary(seen).find("p99 3") != std::string::npos);
  CHECK(summary({}).find("p50 0 us, p95 0 us, p99 0 us, 0 rps") == 0);
}

TEST_CASE("A7 policy hold never moves a knob") {
  auto knobs = standard_knobs({});
  auto hold = make_policy({"hold", {}, {}});
  CHECK(hold->decide(observed({1800, 60, -1, 0.9}), knobs).moves.empty());
}

TEST_CASE("A4 whatever is observed, proposals are sound and nothing throws") {
  std::mt19937_64 random{1};
  const double odd[] = {
    0,     -1,           1e-300,
    1e300, std::nan(""), std::numeric_limits<double>::infinity()};
  auto figure = [&](double scale) {
    auto pick = random() % 16;
    return pick < std::size(odd)
      ? odd[pick]
      : scale * std::ldexp(static_cast<double>(random() % 4096), -11);
  };
  auto knobs = standard_knobs({});
  for (auto name : policy_names()) {
    auto policy = make_policy({std::string{name}, {}, {}});
    for (int i = 0; i < 20'000; ++i) {
      observation seen;
      seen.opened_at = instant{duration{static_cast<int64_t>(random() >> 2)}};
      seen.closed_at =
        seen.opened_at + duration{static_cast<int64_t>(random() >> 20)};
      seen.completed = random() % 3 ? random() % 100'000 : random();
      seen.latency_p95 =
        duration{static_cast<int64_t>(random() >> (random() % 60))};
      seen.memory_used_ratio = figure(1);
      seen.offered = figure(1e5);
      for (const auto& spec : knobs.knobs)
        if (random() % 8)
          seen.in_force[spec.name] = clamp(spec, figure(spec.max));
      auto x = analyze(*policy, seen, knobs, 10, {});
      REQUIRE_FALSE(x.reason.empty());
      for (const auto& move : x.moves) {
        const auto* spec = knobs.find(move.knob);
        REQUIRE(spec);
        REQUIRE(move.to >= spec->min);
        REQUIRE(move.to <= spec->max);
        REQUIRE(move.to != seen.in_force.at(move.knob));
        REQUIRE_FALSE(move.reason.empty());
      }
    }
  }
}

TEST_CASE("A11 a knob goes no further at once than its ratio allows") {
  auto knobs = standard_knobs({});
  for (auto& spec : knobs.knobs)
    spec.max_step_ratio = 2;
  scripted_policy eager;
  auto moved = [&](const std::string& knob, double from, double to) {
    auto start = knobs.initial();
    start[knob] = from;
    eager.moves = {{knob, from, to, "faster"}};
    auto x = analyze(eager, observed({}, start), knobs, 10, {});
    REQUIRE(x.moves.size() == 1);
    return x.moves[0];
  };
  CHECK(moved("batch_size", 32, 100).to == 64);
  CHECK(
    moved("batch_size", 32, 100).reason
    == "faster (100 wanted, at most 2 times at once)");
  CHECK(moved("batch_size", 32, 4).to == 16);
  CHECK(moved("batch_size", 32, 48).reason == "faster");
  CHECK(moved("batch_timeout_ms", 50, 0).to == 25);
  CHECK(moved("batch_timeout_ms", 0, 20).to == 20); // No ratio to 0.
  knobs.knobs[0].max_step_ratio = 1.2;
  CHECK(moved("batch_size", 1, 8).to == 2); // A step is always allowed.
  CHECK(moved("batch_size", 2, 1).to == 1);
}

TEST_CASE("A12 a knob that someone else changed stands down once") {
  auto knobs = standard_knobs({});
  const std::vector<knob_move> edits{
    {"batch_size", 32, 20, ""}, {"warp", 1, 2, ""}};
  CHECK(to_string(stand_down(knobs, edits)) == "batch_size 32 -> 20");
  CHECK_FALSE(knobs.find("batch_size")->enabled);
  CHECK(knobs.find("batch_timeout_ms")->enabled);
  CHECK(stand_down(knobs, edits).empty());
}

TEST_CASE("A12 what moves are worth is what a model says of both ends") {
  analysis x;
  x.evidence.in_force = {
    {"batch_size", 32}, {"batch_timeout_ms", 50}, {"cache_size_mb", 64}};
  x.moves = {{"batch_timeout_ms", 50, 20, ""}};
  CHECK(words(gain_expected(x)).empty());
  x.considered = {
    {{{"batch_size", 32}, {"batch_timeout_ms", 20.04}}, 60, 0.9, true},
    {{{"batch_size", 32}, {"batch_timeout_ms", 50}}, 80, 0.75, true}};
  auto worth = gain_expected(x);
  CHECK(*worth.p95 == doctest::Approx(0.25));
  CHECK(*worth.cost == doctest::Approx(-0.2));
  CHECK(words(worth) == "; by the model 25 % less p95 at 20 % more cost");
  x.considered[1].p95_ms = 0; // This model says nothing of latency.
  CHECK(words(gain_expected(x)) == "; by the model 20 % more cost");
  x.considered.pop_back();
  CHECK_FALSE(gain_expected(x).p95);
  CHECK_FALSE(gain_expected(x).cost);
}
