#include "tests/unit/climb_target.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace tuner;
using namespace tuner::climb;
using namespace tuner::test;

TEST_CASE("A6 climb neither throws nor strays, whatever it sees") {
  std::mt19937_64 random{11};
  auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  auto number = [&]() -> double {
    const double odd[] = {NAN, HUGE_VAL, -HUGE_VAL, -1, 0, 1e300, 5e-324};
    return random() % 4 ? 1e3 * uniform() : odd[random() % 7];
  };
  for (int round = 0; round < 60; ++round) {
    climb_policy x{random() % 3 ? objective{number()} : objective{}};
    auto knobs = batch_and_timeout(1 + 60 * uniform(), 90 * uniform());
    knobs.knobs.push_back(other_knob(3, -5, 9).knobs[0]);
    knobs.knobs[random() % 3].enabled = random() % 2;
    auto now = knobs.initial();
    double at = 0;
    for (int i = 0; i < 300; ++i) {
      at += random() % 50 ? 1 : -30 * uniform();
      second_of_work did{
        1 + 300 * uniform(),
        1e3 * uniform(),
        1e3 * uniform(),
        uniform(),
        random() % 2 ? 30 * uniform() : 0,
        random() % 2 ? 900 * uniform() : -1};
      auto s = sample_of(did, now, at);
      if (random() % 5 == 0)
        s.offered = number();
      if (random() % 5 == 0)
        s.queue_length = number();
      if (random() % 5 == 0)
        s.cpu_cores = number();
      if (random() % 9 == 0)
        s.latencies = {{65535, 4'000'000'000}};
      if (random() % 9 == 0)
        s.in_force["batch_size"] = number();
      x.watch(s);
      observation seen;
      seen.completed = 100;
      seen.in_force = s.in_force;
      auto how = random() % 2 ? x.urgent(knobs) : x.decide(seen, knobs);
      for (const auto& move : how.moves) {
        const auto* spec = knobs.find(move.knob);
        REQUIRE(spec);
        CHECK(spec->enabled);
        CHECK(move.to >= spec->min);
        CHECK(move.to <= spec->max);
        CHECK(move.to != s.in_force.at(move.knob));
        CHECK_FALSE(move.reason.empty());
        now[move.knob] = move.to;
      }
      CHECK(how.moves.size() <= 1);
      if (random() % 10 == 0) {
        verdict v;
        v.result = static_cast<outcome>(random() % 4);
        x.judged(v);
      }
    }
    for (const auto& [name, value] : x.figures())
      CHECK(std::isfinite(value));
  }
}
