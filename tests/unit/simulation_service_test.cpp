#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// @returns how long each batch took, in ms.
std::vector<double> services_ms(const recording& seen) {
  std::vector<double> result;
  for (const auto& x : seen.batches)
    result.push_back(1e3 * x.took);
  return result;
}

void check_services(const recording& seen, const std::vector<double>& ms) {
  auto found = services_ms(seen);
  REQUIRE(found.size() == ms.size());
  for (size_t i = 0; i < ms.size(); ++i)
    CHECK(found[i] == doctest::Approx(ms[i]));
}

/// A host that serves each request at once and alone, one each second.
recording one_by_one(scenario what, size_t count) {
  std::vector<double> at;
  for (size_t i = 0; i < count; ++i)
    at.push_back(static_cast<double>(i) + 1);
  what.initial = {1, 0, 256};
  what.duration_seconds = static_cast<double>(count) + 2;
  return play(what, requests(at));
}

} // namespace

TEST_CASE("E4 a batch takes a fixed time and some for each request") {
  auto what = exact_host({3, 50, 256});
  what.service.fixed_ms = 7;
  what.service.per_item_ms = 2.5;
  check_services(play(what, requests({1, 1, 1, 2})), {14.5, 9.5});
}

TEST_CASE("E4 beyond the knee each request takes more") {
  auto what = exact_host({4, 0, 256});
  what.service.knee = {2, 6};
  // At the same instant the first comes alone: its timeout is 0.
  check_services(
    play(what, requests({1, 1.001, 1.001, 1.002, 1.003})), {11, 26});
  check_services(play(what, requests({1, 1.001, 1.002})), {11, 12});
}

TEST_CASE("E4 batches side by side slow each other down") {
  auto what = exact_host({1, 0, 256});
  what.service.workers = 3;
  what.service.contention = 0.2;
  auto seen = play(what, requests({1, 1, 1, 1}));
  check_services(seen, {11, 13.2, 15.4, 15.4});
  for (size_t i = 0; i < 4; ++i)
    CHECK(seen.batches[i].others == std::min<size_t>(i, 2));
}

TEST_CASE("E4 a slowdown holds from its beginning to before its end") {
  auto what = exact_host({1, 0, 256});
  what.service.slowdowns = {{2, 3, 2}};
  check_services(play(what, requests({1.98, 2, 2.98, 3})), {11, 22, 22, 11});
  what.service.slowdowns = {{2, 4, 2}, {3, 5, 1.5}};
  check_services(play(what, requests({1, 2, 3, 4, 5})), {11, 22, 33, 16.5, 11});
}

TEST_CASE("E4 hiccups come as often as their probability says") {
  scenario what = exact_host({});
  what.service.hiccups = {0, 50};
  for (auto ms : services_ms(one_by_one(what, 2000)))
    REQUIRE(ms == doctest::Approx(11));
  what.service.slowdowns = {{0, 1e6, 3}}; // A hiccup is not slowed down.
  what.service.hiccups = {1, 50};
  for (auto ms : services_ms(one_by_one(what, 2000)))
    REQUIRE(ms == doctest::Approx(83));
  what.service.hiccups = {0.1, 50};
  auto some = services_ms(one_by_one(what, 10'000));
  auto hiccups = std::ranges::count_if(some, [](auto ms) { return ms > 60; });
  CHECK(hiccups > 850); // Standard deviation 30.
  CHECK(hiccups < 1150);
}

TEST_CASE("E4 drift makes the host slower by the hour") {
  auto what = exact_host({1, 0, 256});
  what.duration_seconds = 10'000;
  what.service.drift_per_hour = 0.5;
  check_services(play(what, requests({0, 3600, 7200})), {11, 16.5, 22});
}

TEST_CASE("E4 the noise of the service is lognormal") {
  auto what = exact_host({});
  what.service.noise = 0.2;
  double sum = 0;
  double squares = 0;
  auto all = services_ms(one_by_one(what, 20'000));
  for (auto ms : all) {
    auto x = std::log(ms / 11);
    sum += x;
    squares += x * x;
  }
  auto count = static_cast<double>(all.size());
  CHECK(std::abs(sum / count) < 0.007); // Five standard deviations.
  CHECK(std::sqrt(squares / count) == doctest::Approx(0.2).epsilon(0.03));
}

TEST_CASE("E4 a host over its memory limit slows down steeply") {
  auto what = exact_host({1, 0, 1});
  what.cache.emplace();
  what.cache->base_mb = 900;
  what.cache->entry_kb = 1024;
  what.cache->memory_limit_mb = 1000;
  what.cache->others_mb = {{5, 50}, {10, 150}, {15, 1100}, {20, 99}};
  auto trace = requests_for(std::vector<uint64_t>(21, 7));
  what.cache->keys = 1;
  auto no_cache = what;
  no_cache.initial.cache_size_mb = 0;
  auto seen = services_ms(play(no_cache, trace));
  REQUIRE(seen.size() == 21);
  for (size_t i = 0; i < 21; ++i) {
    auto second = i + 1;
    auto factor = second < 10 || second >= 20 ? 1 // At most at the limit.
      : second < 15                           ? 1 + 20 * 0.05
                                              : 1 + 20 * 1.0;
    CAPTURE(second);
    CHECK(seen[i] == doctest::Approx(11 * factor));
  }
}

TEST_CASE("E4 memory is the base and what the cache holds") {
  auto what = exact_host({1, 0, 2});
  auto trace = requests_for({1, 2, 3, 4, 5, 6});
  simulated_host without{what, trace, 1, {}};
  CHECK(without.memory_mb() == 0);
  CHECK_FALSE(without.memory_used_ratio());
  CHECK_FALSE(without.in_force().contains(knob::cache_size));
  what.cache.emplace();
  what.cache->base_mb = 100;
  what.cache->entry_kb = 512;
  what.cache->memory_limit_mb = 400;
  what.cache->others_mb = {{6, 48}};
  simulated_host host{what, trace, 1, {}};
  CHECK(host.memory_mb() == 100);
  host.advance(2.5);
  CHECK(host.memory_mb() == 101);
  CHECK(*host.memory_used_ratio() == doctest::Approx(101.0 / 400));
  host.advance(9);
  CHECK(host.memory_mb() == 102); // Full: four entries.
  CHECK(*host.memory_used_ratio() == doctest::Approx(150.0 / 400));
  host.set(knob::cache_size, 1);
  CHECK(host.memory_mb() == 101);
}
