#include "actors/analyzer/analysis.hpp"
#include "actors/analyzer/registry.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace tuner;

namespace {

/// Makes up figures, sensible ones and absurd ones.
class imagination {
public:
  explicit imagination(uint64_t seed) : random_(seed) {}

  double number() {
    switch (random_() % 12) {
    case 0:
      return NAN;
    case 1:
      return std::numeric_limits<double>::infinity();
    case 2:
      return -std::exp(uniform() * 40);
    case 3:
      return 0;
    default:
      return std::exp(uniform() * 20 - 6);
    }
  }

  uint64_t count() { return random_() % 8 == 0 ? random_() : random_() % 5000; }

  duration length() {
    return duration{static_cast<duration::rep>(random_() % 4'000'000'000)};
  }

  sample next_sample(const settings& in_force) {
    sample x;
    x.opened_at = at_;
    at_ += random_() % 20 == 0 ? -length() : std::chrono::seconds{1};
    x.closed_at = at_;
    for (uint64_t i = random_() % 40; i > 0; --i)
      x.latencies.push_back(
        {static_cast<uint16_t>(random_() % 3000),
         static_cast<uint32_t>(random_() % 100)});
    x.completed = count();
    x.failed = count();
    if (random_() % 4 > 0)
      x.offered = number();
    for (uint64_t i = random_() % 60; i > 0; --i)
      x.batch_records.push_back(
        {static_cast<uint32_t>(random_() % 200),
         static_cast<uint32_t>(random_() % 3),
         static_cast<float>(random_() % 9 == 0 ? number() : 20 + uniform())});
    x.batches = x.batch_records.size();
    x.batched_requests = count();
    x.busy = length();
    uint32_t us = 0;
    for (uint64_t i = random_() % 300; i > 0; --i)
      x.arrivals_us.push_back(us += static_cast<uint32_t>(random_() % 5000));
    x.arrivals_until = length();
    x.cache_hits = count();
    x.cache_misses = count();
    for (uint64_t i = random_() % 50; i > 0; --i)
      x.cache_keys.push_back(random_());
    x.cache_keys_below = random_();
    x.workers = static_cast<uint32_t>(random_() % 4);
    if (random_() % 3 > 0)
      x.queue_length = number();
    if (random_() % 3 > 0)
      x.memory_used_ratio = uniform() * 1.4;
    if (random_() % 3 > 0)
      x.memory_mib = number();
    x.in_force = in_force;
    x.in_force_since = random_() % 10 == 0 ? x.closed_at : instant{};
    return x;
  }

  observation next_observation(const settings& in_force) {
    observation x;
    x.opened_at = at_ - std::chrono::seconds{60};
    x.closed_at = at_;
    x.completed = count();
    x.failed = count();
    x.offered = number();
    x.latency_p50 = length();
    x.latency_p95 = length();
    x.latency_p99 = length();
    x.batches = count();
    x.batch_size_mean = number();
    x.busy_workers = number();
    x.cache_hit_ratio = number();
    x.queue_length = number();
    x.memory_used_ratio = number();
    x.in_force = in_force;
    return x;
  }

  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

private:
  std::mt19937_64 random_;
  instant at_{std::chrono::hours{1}};
};

void check(const std::vector<knob_move>& moves, const knob_table& knobs) {
  for (const auto& move : moves) {
    const auto* spec = knobs.find(move.knob);
    REQUIRE(spec);
    CHECK(spec->enabled);
    CHECK(move.to >= spec->min);
    CHECK(move.to <= spec->max);
    CHECK(move.to != move.from);
    CHECK_FALSE(move.reason.empty());
  }
}

} // namespace

TEST_CASE("A5 A6 A7 whatever a policy sees, its proposals are within bounds, "
          "differ from what is and give a reason") {
  auto knobs = standard_knobs({});
  knobs.knobs[2].enabled = false;
  for (auto name : policy_names())
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      CAPTURE(name);
      CAPTURE(seed);
      policy_params params;
      params.name = name;
      if (seed % 2 == 0)
        params.aim.p95_slo_ms = 60;
      auto policy = make_policy(params);
      imagination some{seed};
      auto in_force = knobs.initial();
      for (int i = 0; i < 120; ++i) {
        policy->watch(some.next_sample(in_force));
        auto seen = some.next_observation(in_force);
        auto urgent =
          analysis_of(policy->urgent(knobs), seen, knobs, seen.closed_at);
        check(urgent.moves, knobs);
        auto calm = analyze(*policy, seen, knobs, 10, seen.closed_at);
        check(calm.moves, knobs);
        CHECK_FALSE(calm.reason.empty());
        for (const auto& move : calm.moves)
          if (some.uniform() < 0.7)
            in_force[move.knob] = move.to;
        verdict how;
        how.result =
          some.uniform() < 0.5 ? outcome::kept : outcome::rolled_back;
        policy->judged(how);
        static_cast<void>(policy->figures());
      }
      // And so it is with one that goes on from what this one knows.
      auto next = make_policy(params);
      next->take_up(policy->known());
      for (int i = 0; i < 20; ++i) {
        next->watch(some.next_sample(in_force));
        auto seen = some.next_observation(in_force);
        auto urgent =
          analysis_of(next->urgent(knobs), seen, knobs, seen.closed_at);
        check(urgent.moves, knobs);
        check(analyze(*next, seen, knobs, 10, seen.closed_at).moves, knobs);
      }
    }
}

TEST_CASE("A9 no policy minds knowledge that it can't read") {
  for (auto name : policy_names())
    for (const auto* text : {"", "x", "[]", "{}", "[0,[[]]]"}) {
      CAPTURE(name);
      policy_params params;
      params.name = name;
      auto policy = make_policy(params);
      policy->take_up(
        {{"service_curve", text}, {"miss_ratio_curve", text}, {"other", text}});
      CHECK(policy->known().empty());
    }
}
