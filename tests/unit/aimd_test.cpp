#include "actors/analyzer/aimd.hpp"
#include "tests/unit/observations.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace tuner;
using namespace tuner::test;

namespace {

struct aimd_case {
  double batch_size = 40;
  double p95_ms = 50;
  double batch_mean = 40;
  uint64_t failed = 0;
};

decision asked(const aimd_case& x, const objective& aim) {
  auto knobs = standard_knobs({x.batch_size, 50, 1024});
  auto seen = observed({x.p95_ms, 100}, knobs.initial());
  seen.batches = 100;
  seen.batch_size_mean = x.batch_mean;
  seen.failed = x.failed;
  return aimd_policy{aim}.decide(seen, knobs);
}

double next_of(const aimd_case& x, const objective& aim = {60}) {
  auto result = asked(x, aim);
  CHECK(result.moves.size() <= 1);
  return result.moves.empty() ? x.batch_size : result.moves[0].to;
}

} // namespace

TEST_CASE("A7 aimd adds one while p95 meets the objective") {
  CHECK(next_of({40, 50}) == 41);
  CHECK(next_of({40, 59.9}) == 41);
}

TEST_CASE("A7 aimd takes a tenth off when p95 is over the objective") {
  CHECK(next_of({40, 61}) == 36);
  CHECK(next_of({15, 61}) == 13);
  CHECK(next_of({1, 61}) == 1);
}

TEST_CASE("A7 aimd counts requests that failed as missed") {
  CHECK(next_of({40, 50, 40, 400}) == 41); // Under 5 % of 10400.
  CHECK(next_of({40, 50, 40, 600}) == 36);
}

TEST_CASE("A7 aimd without an objective takes 5 s for a miss") {
  CHECK(next_of({40, 4900}, {}) == 41);
  CHECK(next_of({40, 5100}, {}) == 36);
}

TEST_CASE("A7 aimd does not grow when less than half of the limit is in use") {
  CHECK(next_of({40, 50, 20}) == 41);
  CHECK(next_of({40, 50, 19.9}) == 40);
  CHECK(next_of({40, 61, 19.9}) == 36);
  auto held = asked({40, 50, 10}, {60});
  CHECK(held.reason.find("only 10 of 40 in use") != std::string::npos);
}

TEST_CASE("A7 aimd without batches goes by the requests in flight") {
  auto knobs = standard_knobs({40, 50, 1024});
  auto seen = observed({50, 1000}, knobs.initial());
  seen.latency_mean = from_milliseconds(19);
  CHECK(aimd_policy{{60}}.decide(seen, knobs).moves.empty());
  seen.latency_mean = from_milliseconds(21);
  CHECK(aimd_policy{{60}}.decide(seen, knobs).moves.size() == 1);
}

TEST_CASE("A7 aimd stays within bounds, on the batch size, whatever it sees") {
  std::mt19937_64 random{5};
  const double odd[] = {NAN, HUGE_VAL, -3, 0, 1e300, 17, 4096};
  for (int i = 0; i < 5000; ++i) {
    auto pick = [&] { return odd[random() % 7]; };
    auto knobs = standard_knobs({32, 50, 1024});
    knobs.knobs[0].enabled = random() % 5 > 0;
    observation seen;
    seen.closed_at = instant{duration{static_cast<int64_t>(random() % 1000)}};
    seen.completed = random() % 3 ? random() : 0;
    seen.failed = random();
    seen.latency_p95 = duration{static_cast<int64_t>(random())};
    seen.latency_mean = duration{static_cast<int64_t>(random())};
    seen.batches = random() % 2;
    seen.batch_size_mean = pick();
    if (random() % 9)
      seen.in_force = {{knob::batch_size, pick()}};
    auto x = aimd_policy{{pick()}}.decide(seen, knobs);
    CHECK(x.moves.size() <= 1);
    for (const auto& move : x.moves) {
      CHECK(move.to >= 1);
      CHECK(move.to <= 4096);
      CHECK(move.to != move.from);
    }
  }
}
