#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// A host that holds `entries` and answers each request before the next.
scenario caching_host(double entries) {
  auto result = exact_host({1, 0, entries});
  result.cache.emplace();
  result.cache->entry_kb = 1024;
  return result;
}

std::vector<bool> hits_of(const recording& seen) {
  std::vector<bool> result;
  for (const auto& [key, hit] : seen.lookups)
    result.push_back(hit);
  return result;
}

/// The plainest cache there is: keys by age.
struct plain_cache {
  bool find(uint64_t key) {
    auto i = std::ranges::find(keys, key);
    if (i == keys.end())
      return false;
    std::rotate(keys.begin(), i, i + 1);
    return true;
  }
  void insert(uint64_t key) {
    if (!find(key))
      keys.insert(keys.begin(), key);
    limit_to(entries);
  }
  void limit_to(size_t count) {
    entries = count;
    keys.resize(std::min(keys.size(), count));
  }

  size_t entries = 0;
  std::vector<uint64_t> keys;
};

} // namespace

TEST_CASE("E4 a cache hit takes its own time and no worker") {
  auto what = caching_host(10);
  what.cache->hit_ms = 0.25;
  what.service.fixed_ms = 600; // A miss a second keeps it busy.
  auto seen = play(what, requests_for({1, 1, 1}));
  CHECK(hits_of(seen) == std::vector<bool>{false, true, true});
  REQUIRE(seen.answers.size() == 3);
  REQUIRE(seen.batches.size() == 1);
  for (size_t i : {1, 2})
    CHECK(1e3 * seen.answers[i].latency == doctest::Approx(0.25));
  CHECK(seen.lookups[0].first == seen.lookups[1].first);
}

TEST_CASE("E4 hits are answered while all workers are busy") {
  auto what = caching_host(10);
  what.service.fixed_ms = 900;
  what.service.slowdowns = {{2, 3, 100}};
  auto seen = play(what, requests_for({1, 2, 1, 1, 3}));
  CHECK(hits_of(seen) == std::vector<bool>{false, false, true, true, false});
  CHECK(seen.answers[1].at == 3); // Before the second, which takes 90 s.
  CHECK(seen.answers[2].at == 4);
}

TEST_CASE("E4 a key is cached once its batch is done, not before") {
  auto what = caching_host(10);
  what.service.fixed_ms = 1500;
  auto seen = play(what, requests_for({1, 1, 1, 1}));
  CHECK(hits_of(seen) == std::vector<bool>{false, false, true, true});
}

TEST_CASE("E4 the least recently used key leaves first") {
  auto seen = play(caching_host(2), requests_for({1, 2, 1, 3, 1, 2, 3}));
  CHECK(
    hits_of(seen)
    == std::vector<bool>{false, false, true, false, true, false, false});
}

TEST_CASE("E4 a cache that shrinks keeps the newest, and grows empty") {
  recording seen;
  auto trace = requests_for({1, 2, 3, 4, 3, 4, 2, 1, 5, 6, 2, 1, 5, 6});
  simulated_host host{caching_host(4), trace, 1, {&seen}};
  host.advance(4.5);
  host.set(knob::cache_size, 2);
  host.advance(6.5); // 3 and 4 are left.
  host.set(knob::cache_size, 4);
  host.advance(20);
  CHECK(
    hits_of(seen)
    == std::vector<bool>{
      false, false, false, false, true, true, false, false, false, false, true,
      true, true, true});
}

TEST_CASE("E4 no cache at all holds nothing") {
  auto seen = play(caching_host(0), requests_for({1, 1, 1}));
  CHECK(hits_of(seen) == std::vector<bool>{false, false, false});
  CHECK(seen.batches.size() == 3);
}

TEST_CASE("E4 the cache does what the plainest one does") {
  example::random_source random{4};
  simulated_cache cache{8};
  plain_cache plain{8, {}};
  for (int i = 0; i < 50'000; ++i) {
    auto key = random.bits() % 24;
    switch (random.bits() % 8) {
    case 0: {
      auto entries = static_cast<size_t>(random.bits() % 17);
      cache.limit_to(entries);
      plain.limit_to(entries);
      break;
    }
    case 1:
    case 2:
    case 3:
      cache.insert(key);
      plain.insert(key);
      break;
    default:
      REQUIRE(cache.find(key) == plain.find(key));
    }
    REQUIRE(cache.size() == plain.keys.size());
  }
}

TEST_CASE("E4 keys are drawn by popularity, and shift when they should") {
  scenario what;
  what.duration_seconds = 100;
  what.arrivals.rates = {{0, 500}};
  what.cache.emplace();
  what.cache->keys = 1000;
  what.cache->zipf = 1;
  what.cache->shifts = {{50, 300}};
  recording seen;
  simulated_host host{what, {}, 1, {&seen}};
  auto most_popular_until = [&](double until) {
    host.advance(until);
    std::map<uint64_t, int> counts;
    for (const auto& [key, hit] : std::exchange(seen.lookups, {}))
      ++counts[key];
    auto first = std::ranges::max_element(
      counts, {}, [](const auto& x) { return x.second; });
    // The harmonic sum of 1000 is 7.5.
    CHECK(first->second > 25'000 / 7.5 * 0.9);
    CHECK(first->second < 25'000 / 7.5 * 1.1);
    return first->first;
  };
  CHECK(most_popular_until(50) == example::scramble(1));
  CHECK(most_popular_until(100) == example::scramble(301));
}
