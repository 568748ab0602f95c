#include "actors/analyzer/registry.hpp"
#include "tests/unit/cache_target.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

/// Lets a policy size the cache of a target that reports hits and misses and
/// nothing else, for two hours. @returns the size in the end.
double
size_found(reading miss_busy_s, const std::string& name = knob::cache_size) {
  cache_load plain;
  plain.names_keys = false;
  cache_target host{64, plain};
  policy_params p;
  p.name = "climb";
  p.aim.miss_busy_s = miss_busy_s;
  auto by = make_policy(p);
  knob_table knobs;
  knobs.knobs = {cache_knob(16, 2048)};
  knobs.knobs[0].name = name;
  double size = 64;
  for (int second = 1; second <= 7200; ++second) {
    auto x = host.next();
    x.completed = 1000;
    x.in_force = {{name, size}};
    by->watch(x);
    if (second % 60 != 0)
      continue;
    observation seen;
    seen.opened_at = x.closed_at - std::chrono::seconds{60};
    seen.closed_at = x.closed_at;
    seen.completed = 60'000;
    seen.in_force = x.in_force;
    for (const auto& move : by->decide(seen, knobs).moves)
      host.resize(size = move.to);
  }
  return size;
}

} // namespace

TEST_CASE(
  "A8 E3 a cache without batches behind it is sized by a miss's price") {
  CHECK(size_found({}) == 64); // What a miss costs is not known.
  auto cheap = size_found(0.0001);
  auto dear = size_found(0.002);
  CHECK(dear > 2 * cheap);
  CHECK(dear >= 512);
}

TEST_CASE("A8 E3 a cache is sized whatever its knob is called") {
  CHECK(size_found(0.002, "buffer_pool_mb") == size_found(0.002));
}
