#include "actors/applier/strategy.hpp"

#include <doctest/doctest.h>

using namespace tuner;

namespace {

change of(std::vector<knob_move> moves) {
  change result;
  result.moves = std::move(moves);
  return result;
}

const change two_knobs =
  of({{"batch_size", 32, 64, ""}, {"batch_timeout_ms", 10, 80, ""}});

} // namespace

TEST_CASE("B6 strategy full leaves nothing of a change that did harm") {
  CHECK(left_of(two_knobs, {}, rollback_strategy::full, 0).empty());
  CHECK(strategy_of("full") == rollback_strategy::full);
}

TEST_CASE("B6 strategy gradual goes back by half, twice, then whole") {
  auto half = left_of(two_knobs, {}, rollback_strategy::gradual, 0);
  REQUIRE(half.size() == 2);
  CHECK(half[0].from == 32);
  CHECK(half[0].to == 48);
  CHECK(half[1].to == 45);
  auto quarter = left_of(of(half), {}, rollback_strategy::gradual, 1);
  REQUIRE(quarter.size() == 2);
  CHECK(quarter[0].to == 40);
  CHECK(left_of(of(quarter), {}, rollback_strategy::gradual, 2).empty());
}

TEST_CASE("B6 a step that can't be halved goes back whole") {
  auto by_one = of({{"batch_size", 8, 9, ""}});
  CHECK(left_of(by_one, {}, rollback_strategy::gradual, 0).empty());
  auto down =
    left_of(of({{"batch_size", 9, 6, ""}}), {}, rollback_strategy::gradual, 0);
  REQUIRE(down.size() == 1);
  CHECK(down[0].to == 8);
}

TEST_CASE("B6 strategy partial drops the knob that explains the harm") {
  verdict how;
  how.numbers["p95_ratio_by_batch_size"] = 1.4;
  auto left = left_of(two_knobs, how, rollback_strategy::partial, 0);
  REQUIRE(left.size() == 1);
  CHECK(left[0].knob == "batch_timeout_ms");
  CHECK(left[0].to == 80);
  how.numbers["p95_ratio_by_batch_timeout_ms"] = 1.9;
  left = left_of(two_knobs, how, rollback_strategy::partial, 0);
  REQUIRE(left.size() == 1);
  CHECK(left[0].knob == "batch_size");
  CHECK(left_of(of(left), {}, rollback_strategy::partial, 1).empty());
}

TEST_CASE(
  "B6 where no knob explains the harm, the one that went farthest goes") {
  auto left = left_of(two_knobs, {}, rollback_strategy::partial, 0);
  REQUIRE(left.size() == 1);
  CHECK(left[0].knob == "batch_size");
}

TEST_CASE("B6 a queue that runs away leaves no time for steps") {
  verdict how;
  how.numbers["tripwire"] = 1;
  for (auto by : {rollback_strategy::gradual, rollback_strategy::partial})
    CHECK(left_of(two_knobs, how, by, 0).empty());
}
