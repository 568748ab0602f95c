#include "app/simulation/oracle.hpp"
#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tuner;
using namespace tuner::simulation;

namespace {

constexpr double workers_per_gib = 0.05;

double cost(const static_run& x) {
  return x.figures.cost(workers_per_gib);
}

/// Settings all over the place, some of which the oracle does not try.
std::vector<static_run> sweep(const scenario& what) {
  std::vector<static_run> result;
  for (double batch : {1, 2, 4, 7, 16, 32, 128})
    for (double timeout : {0, 2, 10, 20, 35, 50, 80})
      result.push_back(run_static(what, {}, what.seed, {batch, timeout, 256}));
  return result;
}

scenario poisson_host(double rate) {
  scenario result;
  result.duration_seconds = 100;
  result.arrivals.rates = {{0, rate}};
  return result;
}

} // namespace

TEST_CASE("E4 a static run keeps its settings and ends on time") {
  auto what = exact_host({1, 0, 256});
  what.duration_seconds = 2.5;
  auto x = run_static(what, requests({0.5, 1.5, 2.2, 2.7}), 1, {7, 3, 9});
  CHECK(x.values == settings{{"batch_size", 7}, {"batch_timeout_ms", 3}});
  CHECK(x.figures.requests == 3);
  CHECK(x.figures.p50_latency_ms == doctest::Approx(14).epsilon(0.01));
  CHECK(x.figures.busy_workers == doctest::Approx(0.033 / 2.5));
}

TEST_CASE("E4 nothing beats no waiting where requests come one by one") {
  std::vector<double> at;
  for (int i = 0; i < 120; ++i)
    at.push_back(i + 0.5);
  auto what = exact_host({32, 50, 256});
  what.duration_seconds = 120;
  what.slo.p95_latency_ms = 100;
  auto best = find_oracle(what, requests(at), 1, workers_per_gib);
  // All cost the same: the first is taken.
  CHECK(best.values == settings{{"batch_size", 1}, {"batch_timeout_ms", 0}});
  CHECK(cost(best) == doctest::Approx(0.011));
  CHECK(best.figures.slo_violation_ratio == 0);
}

TEST_CASE("E4 the oracle waits as long as it takes for cheaper batches") {
  std::vector<double> at;
  for (int i = 0; i < 120; ++i)
    for (double ms : {0, 5, 10})
      at.push_back(i + 0.5 + ms / 1e3);
  auto what = exact_host({1, 0, 256});
  what.duration_seconds = 120;
  what.slo.p95_latency_ms = 50;
  auto best = find_oracle(what, requests(at), 1, workers_per_gib);
  CHECK(cost(best) == doctest::Approx(0.013)); // Three together.
  CHECK(best.values.at("batch_size") >= 3);
  CHECK(best.values.at("batch_timeout_ms") >= 10);
  CHECK(best.figures.settled_violation_ratio == 0);
  // A request that waits for 10 ms more takes 23 ms: no time for that.
  what.slo.p95_latency_ms = 19;
  auto hasty = find_oracle(what, requests(at), 1, workers_per_gib);
  CHECK(hasty.figures.settled_violation_ratio == 0);
  CHECK(hasty.figures.p95_latency_ms <= 19);
  CHECK(cost(hasty) > 0.013);
}

TEST_CASE("E4 no settings beat the oracle's by its own rule") {
  for (double rate : {30, 400}) {
    CAPTURE(rate);
    auto what = poisson_host(rate);
    what.slo.p95_latency_ms = 90;
    auto best = find_oracle(what, {}, what.seed, workers_per_gib);
    CHECK(best.figures.settled_violation_ratio <= 0.01);
    for (const auto& x : sweep(what)) {
      CAPTURE(to_string(x.values));
      if (x.figures.settled_violation_ratio <= 0.01)
        CHECK(cost(x) >= cost(best) * 0.98); // Points it does not try.
    }
  }
}

TEST_CASE("E4 where all settings violate the oracle violates least") {
  auto what = poisson_host(1200); // More than one worker can do.
  what.arrivals.rates = {{0, 200}, {70, 1200}};
  what.slo.p95_latency_ms = 60;
  auto best = find_oracle(what, {}, what.seed, workers_per_gib);
  CHECK(best.figures.settled_violation_ratio > 0.1);
  for (const auto& x : sweep(what))
    CHECK(
      x.figures.settled_violation_ratio
      >= best.figures.settled_violation_ratio - 0.005);
}

TEST_CASE("E4 without an objective the oracle is fast, then cheap") {
  auto what = poisson_host(200);
  auto best = find_oracle(what, {}, what.seed, workers_per_gib);
  auto all = sweep(what);
  for (const auto& x : all) {
    CAPTURE(to_string(x.values));
    CHECK(x.figures.goodput_ratio <= best.figures.goodput_ratio + 0.005);
    if (x.figures.goodput_ratio < best.figures.goodput_ratio)
      continue;
    CHECK(best.figures.p95_latency_ms <= 1.02 * x.figures.p95_latency_ms);
    if (x.figures.p95_latency_ms <= best.figures.p95_latency_ms)
      CHECK(cost(x) >= cost(best) * 0.98);
  }
}

TEST_CASE("E4 the oracle is the same each time, and weighs memory") {
  scenario what = poisson_host(8);
  what.duration_seconds = 70;
  what.slo.p95_latency_ms = 90;
  what.cache.emplace();
  what.cache->keys = 200;
  what.cache->entry_kb = 1024;
  auto best = find_oracle(what, {}, 1, workers_per_gib);
  auto again = find_oracle(what, {}, 1, workers_per_gib);
  CHECK(best.values.size() == 3);
  CHECK(best.values == again.values);
  CHECK(cost(best) == cost(again));
  CHECK(best.figures.requests == again.figures.requests);
  auto dear = find_oracle(what, {}, 1, 100); // Memory is all that counts.
  CHECK(dear.figures.memory_mb < best.figures.memory_mb);
  auto free = find_oracle(what, {}, 1, 0);
  CHECK(free.figures.busy_workers <= best.figures.busy_workers);
}
