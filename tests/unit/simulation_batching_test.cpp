#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// @returns sizes and starts of the batches, in ms after the first second.
std::vector<std::pair<size_t, double>> batches_of(const recording& seen) {
  std::vector<std::pair<size_t, double>> result;
  for (const auto& x : seen.batches)
    result.emplace_back(x.size, 1e3 * (x.began() - 1));
  return result;
}

void check_batches(
  const recording& seen,
  const std::vector<std::pair<size_t, double>>& expected) {
  auto found = batches_of(seen);
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(found[i].first == expected[i].first);
    CHECK(found[i].second == doctest::Approx(expected[i].second));
  }
}

/// Two requests wait from 1 s on, for up to 4 in 50 ms; then `knob` changes.
recording changed_after_20_ms(const char* knob, double value) {
  recording seen;
  auto trace = requests({1, 1});
  simulated_host host{exact_host({4, 50, 256}), trace, 1, {&seen}};
  host.advance(1.02);
  REQUIRE(host.queue_length() == 2);
  REQUIRE(host.oldest_wait() == doctest::Approx(0.02));
  host.set(knob, value);
  host.advance(10);
  REQUIRE(host.in_force().at(knob) == value);
  REQUIRE(host.queue_length() == 0);
  REQUIRE(host.oldest_wait() == 0);
  return seen;
}

} // namespace

TEST_CASE("E4 a full batch starts at once") {
  auto seen =
    play(exact_host({4, 50, 256}), requests({1, 1.001, 1.002, 1.003}));
  check_batches(seen, {{4, 3}});
  REQUIRE(seen.answers.size() == 4);
  for (size_t i = 0; i < 4; ++i) {
    CHECK(seen.answers[i].at == doctest::Approx(1.017));
    auto latency_ms = 17 - static_cast<double>(i);
    CHECK(1e3 * seen.answers[i].latency == doctest::Approx(latency_ms));
  }
}

TEST_CASE("E4 a batch that does not fill starts when the oldest is due") {
  auto seen = play(exact_host({4, 50, 256}), requests({1, 1.01}));
  check_batches(seen, {{2, 50}});
  CHECK(1e3 * seen.answers[0].latency == doctest::Approx(62));
  CHECK(1e3 * seen.answers[1].latency == doctest::Approx(52));
}

TEST_CASE("E4 no request waits for others where the timeout is 0") {
  auto seen = play(exact_host({4, 0, 256}), requests({1, 1.02, 1.04}));
  check_batches(seen, {{1, 0}, {1, 20}, {1, 40}});
}

TEST_CASE("E4 a batch waits for a worker") {
  std::vector<double> eight(8, 1.0);
  auto what = exact_host({4, 50, 256});
  check_batches(play(what, requests(eight)), {{4, 0}, {4, 14}});
  what.service.workers = 2;
  auto side_by_side = play(what, requests(eight));
  check_batches(side_by_side, {{4, 0}, {4, 0}});
  CHECK(side_by_side.batches[0].others == 0);
  CHECK(side_by_side.batches[1].others == 1);
}

TEST_CASE("E4 what is overdue when a worker gets free starts at once") {
  auto what = exact_host({4, 50, 256});
  what.service.fixed_ms = 100;
  check_batches(play(what, requests({1, 1, 1, 1, 1.01})), {{4, 0}, {1, 104}});
}

TEST_CASE("E4 no batch is larger than the batch size") {
  auto seen =
    play(exact_host({4, 50, 256}), requests(std::vector<double>(10, 1.0)));
  check_batches(seen, {{4, 0}, {4, 14}, {2, 50}});
}

TEST_CASE("E4 settings count at once for requests that wait already") {
  check_batches(changed_after_20_ms(knob::batch_size, 2), {{2, 20}});
  check_batches(changed_after_20_ms(knob::batch_size, 1), {{1, 20}, {1, 31}});
  check_batches(changed_after_20_ms(knob::batch_size, 9), {{2, 50}});
  check_batches(changed_after_20_ms(knob::batch_timeout, 5), {{2, 20}});
  check_batches(changed_after_20_ms(knob::batch_timeout, 100), {{2, 100}});
}

TEST_CASE("E4 a batch size is a whole number of at least 1") {
  check_batches(changed_after_20_ms(knob::batch_size, 2.9), {{2, 20}});
  check_batches(changed_after_20_ms(knob::batch_size, 0), {{1, 20}, {1, 31}});
  check_batches(changed_after_20_ms(knob::batch_timeout, -1), {{2, 20}});
}

TEST_CASE("E4 running batches are not touched by a change") {
  recording seen;
  simulated_host host{
    exact_host({2, 50, 256}), requests({1, 1, 1, 1}), 1, {&seen}};
  host.advance(1.005);
  host.set(knob::batch_size, 1);
  host.advance(10);
  check_batches(seen, {{2, 0}, {1, 12}, {1, 23}});
}

TEST_CASE("E4 nothing that happens at `until` or later has happened") {
  recording seen;
  simulated_host host{exact_host({1, 0, 256}), requests({1, 2}), 1, {&seen}};
  host.advance(1);
  CHECK(seen.arrivals.empty());
  host.advance(1.0001);
  CHECK(seen.arrivals.size() == 1);
  host.advance(1.0001); // Twice is as good as once.
  host.advance(0.5);    // Time does not go back.
  CHECK(seen.arrivals.size() == 1);
  host.advance(3);
  CHECK(seen.arrivals == std::vector<double>{1, 2});
  CHECK(seen.answers.size() == 2);
}
