#include "actors/watchdog/threshold_judge.hpp"
#include "tests/unit/observations.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

change moved(std::vector<std::string> knobs) {
  change result;
  result.id = change_id{7};
  for (auto& name : knobs)
    result.moves.push_back({name, 1, 2, ""});
  return result;
}

outcome judged(
  const observation& before, const observation& after,
  const judge_params& params = {}, const change& what = moved({"batch_size"})) {
  auto result =
    threshold_judge{params}.consider({what, before, after, {}, true});
  if (!result)
    return outcome::open;
  CHECK(result->id == what.id);
  CHECK_FALSE(result->reason.empty());
  CHECK(result->after.completed == after.completed);
  return result->result;
}

} // namespace

TEST_CASE("B3 p95 more than 20 % worse is a degradation") {
  auto before = observed({500, 20});
  CHECK(judged(before, observed({650, 20})) == outcome::rolled_back);
  CHECK(judged(before, observed({600.001, 20})) == outcome::rolled_back);
  CHECK(judged(before, observed({600, 20})) == outcome::kept);
  CHECK(judged(before, observed({100, 20})) == outcome::kept);
}

TEST_CASE("B3 throughput more than 20 % lower is a degradation") {
  auto before = observed({500, 20});
  CHECK(judged(before, observed({500, 15.99})) == outcome::rolled_back);
  CHECK(judged(before, observed({500, 16})) == outcome::kept);
  CHECK(judged(before, observed({500, 40})) == outcome::kept);
}

TEST_CASE("A10 a drop in traffic is no degradation where offered is known") {
  auto before = observed({500, 20, 20});
  CHECK(judged(before, observed({500, 2, 2})) == outcome::kept);
  CHECK(judged(before, observed({500, 15, 20})) == outcome::rolled_back);
  CHECK(judged(before, observed({500, 16, 20})) == outcome::kept);
}

TEST_CASE("B5 judge threshold waits for more when the evidence is thin") {
  auto before = observed({500, 20});
  auto after = observed({5000, 20});
  after.completed = 9;
  CHECK(judged(before, after) == outcome::open);
  after.completed = 0;
  CHECK(judged(before, after, {"threshold", 0.2, {}, 0, {}}) == outcome::open);
}

TEST_CASE("B5 judge threshold can't judge without anything to compare with") {
  auto before = observed({500, 20});
  before.completed = 3;
  CHECK(judged(before, observed({900, 20})) == outcome::inconclusive);
  CHECK(judged({}, {}) == outcome::inconclusive);
}

TEST_CASE("B5 judge threshold blames a change after which nothing is served") {
  auto after = observed({0, 0, 20});
  CHECK(judged(observed({500, 20, 20}), after) == outcome::rolled_back);
}

TEST_CASE("B3 the threshold is configurable overall and per knob") {
  auto before = observed({500, 20});
  auto after = observed({560, 20});
  judge_params p;
  CHECK(judged(before, after, p) == outcome::kept);
  p.degradation_threshold = 0.1;
  CHECK(judged(before, after, p) == outcome::rolled_back);
  p.per_knob = {{"batch_size", 0.5}};
  CHECK(judged(before, after, p) == outcome::kept);
  auto both = moved({"batch_size", "batch_timeout_ms"});
  p.per_knob["batch_timeout_ms"] = 0.05; // The strictest one counts.
  CHECK(judged(before, after, p, both) == outcome::rolled_back);
}
