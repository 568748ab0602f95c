#include "app/simulation/figures.hpp"
#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// A host in which nothing happens.
simulated_host idle_host() {
  return {exact_host({}), requests({}), 1, {}};
}

/// A host that has begun what takes forever while more wait.
simulated_host stuck_host() {
  auto what = exact_host({1, 0, 256});
  what.service.fixed_ms = 3'600'000;
  simulated_host result{what, requests({0, 0, 0}), 1, {}};
  result.advance(1);
  REQUIRE(result.queue_length() == 2);
  return result;
}

/// Plays windows of 10 s. In each the latencies in ms are these.
run_figures figures_of(
  reading slo_ms, const std::vector<std::vector<double>>& windows,
  const simulated_host& host = idle_host()) {
  run_meter meter{slo_ms};
  uint64_t second = 0;
  for (const auto& window : windows) {
    for (auto ms : window)
      meter.answered(static_cast<double>(second), ms / 1e3);
    for (int i = 0; i < 10; ++i)
      meter.tick(++second, host);
  }
  return meter.result(static_cast<double>(second));
}

/// `slow` of 100 answers take 200 ms, the others 50.
std::vector<double> hundred(size_t slow) {
  std::vector<double> result(100, 50);
  std::fill_n(result.begin(), slow, 200);
  return result;
}

const std::vector<double> good{50};
const std::vector<double> bad{200};

} // namespace

TEST_CASE("E4 a window of 10 s violates the objective by its p95") {
  CHECK(figures_of(100, {hundred(5)}).slo_violation_ratio == 0);
  CHECK(figures_of(100, {hundred(6)}).slo_violation_ratio == 1);
  auto mixed = figures_of(100, {good, hundred(6), good, hundred(5)});
  CHECK(mixed.slo_violation_ratio == 0.25);
}

TEST_CASE("E4 a window at its objective to a hair does not violate it") {
  for (double slo_ms : {5.0, 79.9, 80.0, 1234.5}) {
    auto within = std::vector<double>(100, slo_ms * (1 - 1e-6));
    auto over = std::vector<double>(100, slo_ms * (1 + 1e-6));
    CHECK(figures_of(slo_ms, {within, within}).slo_violation_ratio == 0);
    CHECK(figures_of(slo_ms, {within, over}).slo_violation_ratio == 0.5);
  }
}

TEST_CASE("E4 an answer counts in the window in which it is given") {
  auto host = idle_host();
  run_meter meter{100};
  for (uint64_t second = 1; second <= 30; ++second) {
    if (second == 10) // Just before the first window closes.
      meter.answered(9.99, 0.2);
    meter.tick(second, host);
  }
  CHECK(meter.result(30).slo_violation_ratio == doctest::Approx(1.0 / 3));
}

TEST_CASE("E4 the first minute does not count as settled") {
  auto early = figures_of(100, {bad, bad, bad, bad, bad, bad, good, good});
  CHECK(early.slo_violation_ratio == 0.75);
  CHECK(early.settled_violation_ratio == 0);
  CHECK(early.longest_violation_seconds == 0);
  auto late = figures_of(100, {good, good, good, good, good, bad, bad, good});
  CHECK(late.slo_violation_ratio == 0.25);
  CHECK(late.settled_violation_ratio == 0.5);
  CHECK(late.longest_violation_seconds == 10);
}

TEST_CASE("E4 the longest violation is the longest run of windows") {
  auto x = figures_of(
    100,
    {good,
     good,
     good,
     good,
     good,
     good,
     bad,
     bad,
     good,
     bad,
     bad,
     bad,
     good,
     bad,
     {},
     bad});
  CHECK(x.settled_violation_ratio == 0.7);
  CHECK(x.longest_violation_seconds == 30);
}

TEST_CASE("E4 a stuck host violates, an idle one does not") {
  CHECK(figures_of(100, {{}, {}}).slo_violation_ratio == 0);
  CHECK(figures_of(100, {{}, {}}, stuck_host()).slo_violation_ratio == 1);
  CHECK(figures_of(100, {good, {}}, stuck_host()).slo_violation_ratio == 0.5);
}

TEST_CASE("E4 without an objective nothing violates it") {
  auto x = figures_of({}, std::vector(9, bad), stuck_host());
  CHECK(x.slo_violation_ratio == 0);
  CHECK(x.settled_violation_ratio == 0);
  CHECK(x.longest_violation_seconds == 0);
}

TEST_CASE("E4 a run of no whole window has no share of them") {
  auto host = idle_host();
  run_meter meter{100};
  meter.answered(1, 5);
  meter.tick(1, host);
  auto x = meter.result(1);
  CHECK(x.slo_violation_ratio == 0);
  CHECK(x.settled_violation_ratio == 0);
}

TEST_CASE("E4 goodput is what was completed of what was offered") {
  run_meter meter{{}};
  CHECK(meter.result(60).goodput_ratio == 1); // Nothing to complete.
  CHECK(meter.result(60).requests == 0);
  CHECK(meter.result(60).p95_latency_ms == 0);
  CHECK(meter.result(0).busy_workers == 0);
  for (int i = 0; i < 8; ++i)
    meter.arrived(i);
  for (int i = 0; i < 6; ++i)
    meter.answered(i, 0.01);
  auto x = meter.result(60);
  CHECK(x.requests == 8);
  CHECK(x.goodput_ratio == 0.75);
}

TEST_CASE("E4 busy workers and memory are means over the run") {
  auto what = exact_host({1, 0, 64});
  what.cache.emplace();
  what.cache->entry_kb = 1024;
  what.cache->base_mb = 10;
  run_meter meter{{}};
  simulated_host host{what, requests_for({1, 2, 3, 1, 2, 3}), 1, {&meter}};
  for (uint64_t second = 1; second <= 10; ++second) {
    host.advance(static_cast<double>(second));
    meter.tick(second, host);
  }
  auto x = meter.result(10);
  CHECK(x.busy_workers == doctest::Approx(3 * 0.011 / 10));
  // 10 after the first second, 11 and 12 after the next two, then 13.
  CHECK(x.memory_mb == doctest::Approx((10 + 11 + 12 + 7 * 13) / 10.0));
  CHECK(x.cost(0) == x.busy_workers);
  CHECK(
    x.cost(0.5) == doctest::Approx(x.busy_workers + 0.5 * x.memory_mb / 1024));
}

TEST_CASE("E4 percentiles are good to 1 %") {
  example::random_source random{9};
  run_meter meter{{}};
  std::vector<double> all;
  for (int i = 0; i < 30'001; ++i) {
    auto ms = std::exp(12 * random.uniform() - 4); // 0.02 ms to 3 s.
    all.push_back(ms);
    meter.answered(0, ms / 1e3);
  }
  std::ranges::sort(all);
  auto exact = [&](double q) {
    auto rank = std::ceil(q * static_cast<double>(all.size()));
    return all[static_cast<size_t>(rank) - 1];
  };
  auto x = meter.result(1);
  CHECK(x.p50_latency_ms == doctest::Approx(exact(0.50)).epsilon(0.01));
  CHECK(x.p95_latency_ms == doctest::Approx(exact(0.95)).epsilon(0.01));
  CHECK(x.p99_latency_ms == doctest::Approx(exact(0.99)).epsilon(0.01));
}

TEST_CASE("E4 a dense histogram gives the nearest rank") {
  dense_histogram x;
  CHECK(x.quantile_ms(0.95) == 0);
  for (int i = 1; i <= 20; ++i)
    x.add(i * 1e-3);
  CHECK(x.total() == 20);
  CHECK(x.quantile_ms(0) == doctest::Approx(1).epsilon(0.01));
  CHECK(x.quantile_ms(0.5) == doctest::Approx(10).epsilon(0.01));
  CHECK(x.quantile_ms(0.95) == doctest::Approx(19).epsilon(0.01));
  CHECK(x.quantile_ms(0.951) == doctest::Approx(20).epsilon(0.01));
  CHECK(x.quantile_ms(1) == doctest::Approx(20).epsilon(0.01));
  x.clear();
  CHECK(x.total() == 0);
  CHECK(x.quantile_ms(0.5) == 0);
}
