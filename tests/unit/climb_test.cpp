#include "tests/unit/climb_target.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace tuner;
using namespace tuner::climb;
using namespace tuner::test;

namespace {

/// A batching host without noise: 10 ms and 1 ms per request, two workers.
struct batching_host {
  double load_rps = 300;
  double knee = 1e9; ///< Each request beyond that takes 7 ms.
  bool reports = true;
  double queue = 0;

  second_of_work operator()(const settings& s, double) {
    auto n = s.at(knob::batch_size);
    auto wait = std::min(s.at(knob::batch_timeout), 1e3 * n / load_rps);
    auto mean = std::clamp(load_rps * wait / 1e3, 1.0, n);
    auto took = 10 + mean + 6 * std::max(0.0, mean - knee);
    second_of_work x;
    x.load_rps = load_rps;
    auto most = 2e3 * n / (10 + n + 6 * std::max(0.0, n - knee));
    x.served_rps = std::min(load_rps + queue, most);
    queue = std::max(0.0, queue + load_rps - x.served_rps);
    x.p95_ms = wait + 1.2 * took + 1e3 * queue / x.served_rps;
    x.busy_ms = reports ? took / mean : 0;
    x.batch_mean = reports ? mean : 0;
    x.queue = queue;
    return x;
  }
};

second_of_work parabola(const settings& s, double) {
  auto x = s.at("threads");
  return {(x - 7) * (x - 7) + 10};
}

objective slo(double ms) {
  return {ms};
}

} // namespace

TEST_CASE("A2 climb tunes a knob nobody knows to the least latency") {
  for (double start : {0.0, 2.0, 15.0, 30.0, 100.0}) {
    climb_policy x{{}};
    tuned_target target{x, other_knob(start, 0, 100), parabola};
    target.run(3600);
    CHECK(target.value("threads") == 7);
    CHECK(target.moves().size() <= 30);
  }
}

TEST_CASE("A2 climb tunes a knob nobody knows under an objective too") {
  climb_policy x{slo(40)};
  tuned_target target{x, other_knob(15, 0, 100), parabola};
  target.run(3600);
  CHECK(target.value("threads") == 7);
}

TEST_CASE("A10 climb takes the cheaper value where both meet the objective") {
  climb_policy x{slo(200)};
  auto host = [](const settings& s, double) {
    auto n = s.at("threads");
    second_of_work result{(n - 7) * (n - 7) + 10};
    result.busy_ms = 5 + std::abs(n - 12);
    return result;
  };
  tuned_target target{x, other_knob(4, 0, 100), host};
  target.run(3600);
  CHECK(target.value("threads") == 12);
}

TEST_CASE("A6 climb reaches 90 to 100 % of the objective from any start") {
  for (bool reports : {true, false})
    for (auto [size, timeout] : {std::pair{32., 50.}, {1., 0.}, {128., 200.}}) {
      CAPTURE(reports);
      CAPTURE(size);
      climb_policy x{slo(70)};
      batching_host host;
      host.reports = reports;
      tuned_target target{x, batch_and_timeout(size, timeout), host};
      target.run(1800);
      auto p95 = host(
                   {{knob::batch_size, target.value(knob::batch_size)},
                    {knob::batch_timeout, target.value(knob::batch_timeout)}},
                   0)
                   .p95_ms;
      CHECK(p95 <= 70);
      CHECK(p95 >= 0.9 * 70);
      CHECK(target.moves().size() <= 10);
    }
}

TEST_CASE("A6 climb moves one knob at a time, with a reason in figures") {
  climb_policy x{slo(70)};
  tuned_target target{x, batch_and_timeout(1, 0), batching_host{}};
  target.run(1800);
  REQUIRE(target.moves().size() > 1);
  std::set<double> times{target.times().begin(), target.times().end()};
  CHECK(times.size() == target.moves().size());
  for (const auto& move : target.moves()) {
    CHECK(move.from != move.to);
    CHECK(move.reason.find_first_of("0123456789") != std::string::npos);
    CHECK(move.reason.size() > 20);
  }
}

TEST_CASE("A6 climb holds where p95 is as it should be") {
  climb_policy x{slo(100)};
  auto host = [](const settings&, double) { return second_of_work{96}; };
  tuned_target target{x, batch_and_timeout(32, 50), host};
  target.run(1200);
  CHECK(target.moves().empty());
  CHECK(target.last_reason.find("nothing to gain") != std::string::npos);
}

TEST_CASE("A6 climb makes no step on too few requests") {
  climb_policy x{slo(100)};
  auto host = [](const settings&, double at) {
    return second_of_work{20, std::fmod(at, 20) < 1 ? 1.0 : 0.0};
  };
  tuned_target target{x, batch_and_timeout(32, 50), host};
  target.run(600);
  CHECK(target.moves().empty());
}

TEST_CASE("A6 climb takes a step back that makes requests dearer") {
  climb_policy x{slo(150)};
  batching_host host;
  host.load_rps = 300;
  host.knee = 15; // From 50 ms on batches are beyond it.
  tuned_target target{x, batch_and_timeout(64, 40), host};
  target.run(240);
  REQUIRE(target.moves().size() >= 2);
  CHECK(target.moves()[0].to > 40);
  CHECK(target.moves()[1].to < target.moves()[0].to);
  auto after = target.moves().size();
  target.run(60); // Backed off.
  CHECK(target.moves().size() == after);
}

TEST_CASE("A11 climb does not retry what was rolled back before its time") {
  climb_policy x{slo(100)};
  auto host = [](const settings&, double) { return second_of_work{50}; };
  tuned_target target{x, batch_and_timeout(256, 20), host};
  target.verdict_to_give = outcome::rolled_back;
  target.run(2400);
  std::vector<double> up;
  for (size_t i = 0; i < target.moves().size(); ++i)
    if (target.moves()[i].knob == knob::batch_timeout)
      up.push_back(target.times()[i]);
  REQUIRE(up.size() >= 3);
  CHECK(up[1] - up[0] >= 300);
  CHECK(up[2] - up[1] >= 600);
}

TEST_CASE("A6 climb raises the batch at once when more comes than is served") {
  climb_policy x{slo(70)};
  tuned_target target{x, batch_and_timeout(1, 0), batching_host{500}};
  target.run(30);
  REQUIRE_FALSE(target.moves().empty());
  CHECK(target.times()[0] <= 10);
  CHECK(target.moves()[0].knob == knob::batch_size);
  CHECK(target.value(knob::batch_size) >= 8);
}

TEST_CASE("A6 climb shrinks the batch when larger ones serve fewer") {
  climb_policy x{slo(120)};
  batching_host host{700, 24};
  tuned_target target{x, batch_and_timeout(64, 50), host};
  target.run(120);
  CHECK(target.value(knob::batch_size) <= 32);
  CHECK(target.value(knob::batch_size) >= 10);
}

TEST_CASE("A6 climb lowers the timeout within seconds of a miss") {
  climb_policy x{slo(70)};
  tuned_target target{x, batch_and_timeout(256, 200), batching_host{}};
  target.run(12);
  REQUIRE_FALSE(target.moves().empty());
  CHECK(target.moves()[0].knob == knob::batch_timeout);
  CHECK(target.value(knob::batch_timeout) < 70);
}

TEST_CASE("A10 climb without an objective leads to the least p95") {
  climb_policy x{{}};
  tuned_target target{x, batch_and_timeout(32, 50), batching_host{}};
  target.run(1800);
  CHECK(target.value(knob::batch_timeout) < 3);
}
