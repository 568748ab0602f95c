#include "actors/analyzer/learned.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

learned some() {
  learned x;
  x.regimes->remember(20, {{"batch_size", 23}, {"batch_timeout_ms", 6.65}});
  x.regimes->remember(24, {{"batch_size", 64}});
  x.blames.blame({{"batch_size", 32, 64, "why"}}, 100, instant{1000s});
  x.standing_down.insert("cache_size_mb");
  x.gate.rollbacks = {instant{900s}, instant{1000s}};
  x.gate.advice_until = instant{4600s};
  x.gate.advice_length = 3600s;
  x.of_target["service_curve"] = "[0,[]]";
  return x;
}

} // namespace

TEST_CASE("A9 what was learned comes back from its memos as it was") {
  auto back = learned_from(memos_of(some()), {});
  CHECK(difference(memos_of(some()), memos_of(back)).empty());
  CHECK(back.regimes->recall(20)->at("batch_timeout_ms") == 6.65);
  CHECK(back.standing_down.count("cache_size_mb") == 1);
  CHECK(back.of_target.at("service_curve") == "[0,[]]");
  CHECK(too_many_rollbacks(back.gate, instant{4599s}));
  CHECK_FALSE(too_many_rollbacks(back.gate, instant{4601s}));
  CHECK(back.blames.held_because(
    {{"batch_size", 32, 64, ""}}, 100, instant{1100s}));
  CHECK_FALSE(back.blames.held_because(
    {{"batch_size", 32, 16, ""}}, 100, instant{1100s}));
}

TEST_CASE("E7 only what changed is noted again, and what is gone is deleted") {
  auto x = some();
  auto before = memos_of(x);
  x.regimes->remember(24, {{"batch_size", 65}});
  x.regimes->forget(20);
  auto changed = difference(before, memos_of(x));
  REQUIRE(changed.size() == 2);
  CHECK(changed[0].key == "20");
  CHECK(changed[0].value.empty());
  CHECK(changed[1].key == "24");
  CHECK_FALSE(changed[1].value.empty());
}

TEST_CASE("E7 memos that make no sense are passed over") {
  auto x = learned_from(
    {{"regime", "x", "{}"},
     {"regime", "20", "not JSON"},
     {"blame", "b", "[]"},
     {"advice", "", "{}"},
     {"of tomorrow", "k", "v"},
     {"regime", "21", R"({"batch_size":8})"}},
    {});
  REQUIRE(x.regimes->all().size() == 1);
  CHECK(x.regimes->recall(21)->at("batch_size") == 8);
}
