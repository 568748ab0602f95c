#include "actors/analyzer/cache/cache_sizer.hpp"
#include "tests/unit/cache_target.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace tuner;
using namespace tuner::test;

namespace {

/// Draws samples and prices from the sensible to the absurd.
class chaos {
public:
  explicit chaos(uint64_t seed) : random_(seed) {}

  bool rarely() { return random_() % 20 == 0; }

  double number(double sensible_max) {
    constexpr auto inf = std::numeric_limits<double>::infinity();
    constexpr double absurd[] = {std::numeric_limits<double>::quiet_NaN(),
                                 inf,
                                 -inf,
                                 -1,
                                 0,
                                 1e300,
                                 1e-300};
    if (rarely())
      return absurd[random_() % std::size(absurd)];
    return std::uniform_real_distribution<>{0, sensible_max}(random_);
  }

  reading maybe(double sensible_max) {
    return rarely() ? reading{} : reading{number(sensible_max)};
  }

  uint64_t count(uint64_t sensible_max) {
    return rarely() ? random_() : random_() % sensible_max;
  }

  instant moment() {
    return instant{duration{
      rarely() ? static_cast<int64_t>(random_())
               : static_cast<int64_t>(random_() % 3'600'000'000'000)}};
  }

  sample next(double size_mib) {
    sample result;
    result.opened_at = moment();
    result.closed_at = rarely() ? moment() : later(result.opened_at);
    result.in_force_since = rarely() ? moment() : instant::min();
    result.cache_hits = count(20'000);
    result.cache_misses = count(20'000);
    result.cache_keys_below = rarely() ? 0 : rarely() ? random_() : all;
    for (auto i = count(3'000) % 3'000; i > 0; --i)
      result.cache_keys.push_back(
        rarely() ? random_() : mixed(random_() % 5'000));
    result.memory_used_ratio = maybe(1.1);
    result.memory_mib = maybe(5'000);
    result.in_force[knob::cache_size] = rarely() ? number(5'000) : size_mib;
    return result;
  }

  cache_prices prices() {
    return {number(1), number(0.1), rarely() ? maybe(1e6) : reading{}};
  }

  knob_spec spec() {
    auto result = cache_knob(std::floor(number(100)), 200 + number(4'000));
    result.step = random_() % 2 ? number(50) : 1;
    return result;
  }

private:
  static instant later(instant x) {
    auto second = duration{std::chrono::seconds{1}};
    return x > instant::max() - second ? x : x + second;
  }

  static constexpr auto all = miss_ratio_curve::all_keys;

  std::mt19937_64 random_;
};

void check(const cache_proposal& x, const knob_spec& spec, double present) {
  CHECK(x.from_mib == present);
  CHECK(x.to_mib >= spec.min);
  CHECK(x.to_mib <= spec.max);
  CHECK(x.to_mib != x.from_mib);
  CHECK(!x.reason.empty());
  if (x.hit_ratio_then) {
    CHECK(*x.hit_ratio_then >= 0);
    CHECK(*x.hit_ratio_then <= 1);
    CHECK(*x.workers_then < *x.workers_now);
  }
}

} // namespace

TEST_CASE("A8 whatever the samples, a proposal is a real one within bounds") {
  std::size_t proposals = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    chaos random{seed};
    cache_sizer sizer;
    auto spec = random.spec();
    double size_mib = 256;
    for (int i = 0; i < 60; ++i) {
      sizer.watch(random.next(size_mib));
      auto asked = random.rarely() ? random.spec() : spec;
      auto present = sizer.learned().size_mib();
      auto move = sizer.propose(asked, random.prices());
      CHECK(move.has_value() == sizer.held_because().empty());
      if (!move)
        continue;
      ++proposals;
      check(*move, asked, present);
      size_mib = move->to_mib;
    }
    CHECK(sizer.learned().curve().bytes() <= 1024 * 1024);
  }
  CHECK(proposals > 100);
}

TEST_CASE("A8 the same samples lead to the same proposals") {
  auto moves = [] {
    cache_target target{64};
    cache_sizer sizer;
    return tune(target, sizer, prices_with_knee(), 100).moves;
  };
  auto first = moves();
  auto second = moves();
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    CHECK(first[i].reason == second[i].reason);
}
