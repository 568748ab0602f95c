#include "app/simulation/simulation.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// Two near-equal optima: small batches that fill, larger ones that time out.
scenario near_ties(uint64_t seed) {
  scenario result;
  result.seed = seed;
  result.duration_seconds = 1800;
  result.slo.p95_latency_ms = 60;
  result.arrivals.rates = {{0, 500}};
  result.service.workers = 2;
  result.service.noise = 0.08;
  result.service.contention = 0.2;
  result.tuner.policy = "twin";
  result.tuner.tuning_interval_seconds = 10;
  return result;
}

/// @returns how many moves of a knob go against its move before.
size_t moves_back(const simulation_result& seen) {
  size_t result = 0;
  std::map<std::string, double> last;
  for (const auto& d : seen.decisions)
    for (const auto& m : d.what.moves)
      result +=
        (m.to - m.from) * std::exchange(last[m.knob], m.to - m.from) < 0;
  return result;
}

} // namespace

TEST_CASE("A5 twin does not flip between settings that are nearly as good") {
  size_t changes = 0;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    auto x = simulate(near_ties(seed), nullptr, false);
    CHECK(x.figures.settled_violation_ratio <= 0.01);
    changes += x.decisions.size();
  }
  CHECK(changes >= 3); // The start misses the objective.
  CHECK(changes <= 12);
}

TEST_CASE("A5 settings that cost a multiple are left within seconds") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 100;
  x.arrivals.rates = {{0, 100}}; // Two workers keep up even with batches of 1.
  x.duration_seconds = 60;
  x.initial.batch_size = 1;
  x.initial.batch_timeout_ms = 0;
  auto seen = simulate(x, nullptr, false);
  REQUIRE_FALSE(seen.decisions.empty());
  const auto& first = seen.decisions.front();
  CHECK(first.at <= 6);
  CHECK(first.what.reason.starts_with("first look"));
}

TEST_CASE("A5 where a change led is looked at again within seconds") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 70;
  x.arrivals.rates = {{0, 100}};
  x.initial.batch_size = 1; // Of larger batches little is known then.
  x.initial.batch_timeout_ms = 0;
  x.duration_seconds = 60;
  size_t second_looks = 0;
  for (x.seed = 1; x.seed <= 6; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    for (size_t i = 1; i < seen.decisions.size(); ++i)
      if (seen.decisions[i].what.reason.starts_with("second look")) {
        ++second_looks;
        CHECK(seen.decisions[i].at - seen.decisions[i - 1].at <= 6);
      }
  }
  CHECK(second_looks >= 1);
}

TEST_CASE("A5 batches above a knee that was not seen at first are left") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 600;
  x.arrivals.rates = {{0, 29}};
  x.service.workers = 3;
  x.service.fixed_ms = 24;
  x.service.per_item_ms = 2.4;
  x.service.noise = 0.03;
  x.service.contention = 0.5;
  x.service.knee = {14, 20};
  x.duration_seconds = 150;
  for (x.seed = 1; x.seed <= 6; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    CHECK(seen.final_settings.at(knob::batch_size) <= 15);
  }
}

TEST_CASE("A5 at a steady load no knob goes back the way it came") {
  auto seen_changes = false;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    auto seen = simulate(near_ties(seed), nullptr, false);
    seen_changes |= seen.decisions.size() > 1;
    CHECK(moves_back(seen) == 0);
  }
  CHECK(seen_changes);
}

TEST_CASE("A5 a host that gets slower for good misses one window at a time") {
  auto x = near_ties(9);
  x.duration_seconds = 1500;
  x.slo.p95_latency_ms = 80;
  x.arrivals.rates = {{0, 400}};
  x.service.slowdowns.push_back({1200, 1500, 1.5});
  auto seen = simulate(x, nullptr, false);
  REQUIRE(!seen.decisions.empty());
  CHECK(seen.decisions.back().at > 1200);
  CHECK(seen.figures.longest_violation_seconds <= 10);
}

TEST_CASE("A5 a slow swing of the load is followed in time") {
  auto x = near_ties(1); // As run 0 of `bench/run random --seed 1`.
  x.slo.p95_latency_ms = 23.5;
  x.arrivals.kind = "sine";
  x.arrivals.mean = 920;
  x.arrivals.amplitude = 470;
  x.arrivals.period_seconds = 1220;
  x.service.workers = 3;
  x.service.fixed_ms = 1.29;
  x.service.per_item_ms = 0.0716;
  x.service.noise = 0.0318;
  x.service.contention = 0.477;
  auto seen = simulate(x, nullptr, false);
  CHECK(seen.figures.settled_violation_ratio <= 0.01);
}

TEST_CASE("A5 a backlog that is gone soon is left to settings that last") {
  auto x = near_ties(1);
  x.duration_seconds = 60;
  x.slo.p95_latency_ms = 90;
  x.arrivals.rates = {{0, 900}};
  x.initial.batch_size = 1;
  x.initial.batch_timeout_ms = 0;
  for (x.seed = 1; x.seed <= 5; ++x.seed) {
    CAPTURE(x.seed);
    auto seen = simulate(x, nullptr, false);
    auto drains = 0;
    for (const auto& d : seen.decisions) {
      drains += d.what.reason.starts_with("drain");
      // That answers come late once more isn't held against them.
      CHECK_FALSE(d.what.reason.starts_with("rescue"));
    }
    CHECK(drains >= 3);
    CHECK(seen.final_settings.at(knob::batch_size) <= 48);
    CHECK(seen.figures.longest_violation_seconds <= 30);
  }
}

TEST_CASE("A5 growing from single requests no timeout is taken back") {
  auto x = near_ties(1);
  x.duration_seconds = 900;
  x.slo.p95_latency_ms = 3;
  x.arrivals.rates = {{0, 5000}};
  x.service.fixed_ms = 0.25;
  x.service.per_item_ms = 0.03;
  x.initial.batch_size = 1;
  x.initial.batch_timeout_ms = 0;
  for (x.seed = 1; x.seed <= 5; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    CHECK(seen.decisions.size() >= 2);
    CHECK(moves_back(seen) == 0);
  }
}

TEST_CASE("A5 coming from huge batches no knob is taken past the best") {
  size_t back = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    auto x = near_ties(seed);
    x.initial.batch_size = 128;
    x.initial.batch_timeout_ms = 200;
    x.duration_seconds = 600;
    auto seen = simulate(x, nullptr, false);
    CHECK(seen.figures.settled_violation_ratio <= 0.01);
    back += moves_back(seen);
  }
  CHECK(back <= 1);
}

TEST_CASE("A5 sizes between those that were too slow are not probed") {
  for (uint64_t seed : {24, 29, 36}) { // Where one probe is not enough.
    auto x = near_ties(seed);
    x.slo.p95_latency_ms = 120;
    x.arrivals.rates = {{0, 400}};
    x.service.knee = {24, 6};
    x.initial.batch_size = 128;
    x.initial.batch_timeout_ms = 200;
    x.duration_seconds = 120;
    size_t probes = 0;
    for (const auto& d : simulate(x, nullptr, false).decisions)
      for (const auto& m : d.what.moves)
        if (d.what.reason.starts_with("probe") && m.knob == knob::batch_size) {
          ++probes;
          CHECK(m.to < m.from);
        }
    CHECK(probes == 2);
  }
}

TEST_CASE("A10 without an objective a steady load is left alone") {
  auto x = near_ties(1);
  x.slo = {};
  x.duration_seconds = 3600;
  size_t changes = 0;
  for (x.seed = 1; x.seed <= 3; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    CHECK(seen.figures.p95_latency_ms < 33);
    changes += seen.decisions.size();
  }
  CHECK(changes <= 12);
}

TEST_CASE("A10 without an objective one choice does for many and for few") {
  auto x = near_ties(1);
  x.slo = {};
  x.arrivals.kind = "on_off";
  for (x.seed = 1; x.seed <= 3; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    CHECK(seen.figures.p95_latency_ms < 60);
    CHECK(seen.decisions.size() <= 15); // Not two for each of eight bursts.
  }
}

TEST_CASE("A10 without an objective nothing is tried that is slower at once") {
  auto x = near_ties(1);
  x.slo = {};
  x.arrivals.kind = "sine";
  for (x.seed = 1; x.seed <= 3; ++x.seed)
    CHECK(simulate(x, nullptr, false).rollbacks == 0);
}

TEST_CASE("A5 a knee that was seen is gone to at once, and kept") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 120;
  x.arrivals.rates = {{0, 400}};
  x.service.knee = {24, 6};
  for (x.seed = 1; x.seed <= 5; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    CHECK(seen.figures.settled_violation_ratio <= 0.01);
    CHECK(seen.decisions.size() <= 3);
    CHECK(moves_back(seen) == 0);
    CHECK(seen.final_settings.at(knob::batch_size) >= 23);
    CHECK(seen.final_settings.at(knob::batch_size) <= 24);
  }
}

TEST_CASE("A5 a knee that was not seen is gone past, and back to") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 120;
  x.arrivals.rates = {{0, 400}};
  x.service.knee = {24, 6};
  x.initial.batch_size = 20;
  x.initial.batch_timeout_ms = 30;
  for (x.seed = 1; x.seed <= 5; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    CHECK(seen.figures.settled_violation_ratio <= 0.01);
    CHECK(seen.decisions.size() <= 4);
    CHECK(moves_back(seen) <= 1);
    CHECK(seen.final_settings.at(knob::batch_size) >= 23);
    CHECK(seen.final_settings.at(knob::batch_size) <= 24);
  }
}

TEST_CASE("A5 a worker at its limits is not put on smaller batches") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 150;
  x.service.workers = 1;
  x.arrivals.rates = {{0, 300}, {120, 800}}; // Batches of 40 are too small.
  for (x.seed = 1; x.seed <= 5; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    for (const auto& d : seen.decisions)
      for (const auto& move : d.what.moves)
        CHECK((d.at < 160 || move.knob != knob::batch_size || move.to > 50));
  }
}

TEST_CASE("A5 a peak that nothing can serve is not paid for when it is over") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 80;
  x.arrivals.rates = {{0, 600}, {300, 1250}, {330, 600}};
  x.duration_seconds = 400;
  for (x.seed = 1; x.seed <= 3; ++x.seed) {
    auto seen = simulate(x, nullptr, false);
    double timeout_ms = 0; // In force 20 s after the peak.
    for (const auto& d : seen.decisions)
      for (const auto& move : d.what.moves)
        if (d.at <= 350 && move.knob == knob::batch_timeout)
          timeout_ms = move.to;
    CHECK(timeout_ms > 25);
    CHECK(seen.final_settings.at(knob::batch_timeout) >= timeout_ms);
  }
}

TEST_CASE("A5 a burst that is over before anything helps is sat out") {
  auto x = near_ties(1);
  x.slo.p95_latency_ms = 80;
  x.arrivals.rates = {{0, 250}};
  for (double at = 200; at < 1800; at += 100) {
    x.arrivals.rates.push_back({at + 0.3, 2500});
    x.arrivals.rates.push_back({at + 0.8, 250});
  }
  size_t changes = 0;
  for (x.seed = 1; x.seed <= 3; ++x.seed)
    for (const auto& d : simulate(x, nullptr, false).decisions)
      changes += d.at >= 200;
  CHECK(changes <= 6);
}

TEST_CASE("A5 a host that wanders by more than luck gets a wider margin") {
  for (uint64_t seed : {2, 3}) {
    auto x = near_ties(seed);
    x.duration_seconds = 3600;
    x.slo.p95_latency_ms = 80;
    x.arrivals.rates = {{0, 400}};
    for (double at = 60; at < 3600; at += 60) // Every other half a minute.
      x.service.slowdowns.push_back({at, at + 30, 1.06});
    CHECK(simulate(x, nullptr, false).figures.settled_violation_ratio <= 0.01);
  }
}
