#include "actors/monitor/key_list.hpp"
#include "actors/monitor/recorder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace tuner;

namespace {

using words = std::vector<uint64_t>;

constexpr uint64_t capacity = event_queue::capacity;

/// Evenly spread, and different for different `i`.
uint64_t hash_of(uint64_t i) {
  return i * 0x9e3779b97f4a7c15;
}

words hashes(uint64_t first, uint64_t end, uint64_t below) {
  words result;
  for (auto i = first; i < end; ++i)
    if (hash_of(i) < below)
      result.push_back(hash_of(i));
  return result;
}

void ask(recorder& counts, uint64_t first, uint64_t end) {
  for (auto i = first; i < end; ++i)
    counts.record_cache_access(hash_of(i), i % 3 == 0);
}

/// Closes the period of one thread's queue, or of more.
sample closed(key_list& all, auto&... threads) {
  sample result;
  (all.collect(threads), ...);
  all.report(result);
  return result;
}

} // namespace

TEST_CASE("E1 recorder: cache keys come out once and in order, doubles too") {
  recorder counts;
  words asked{17, 18, 17, 17, 5, 18};
  for (auto x : asked)
    counts.record_cache_access(x, true);
  auto seen = counts.take();
  CHECK(seen.cache_keys == asked);
  CHECK(seen.cache_keys_below == key_list::all_keys);
  counts.record_cache_access(17, false);
  CHECK(counts.take().cache_keys == words{17});
  CHECK(counts.take().cache_keys.empty());
}

TEST_CASE("E1 recorder: without cache accesses it names no keys") {
  recorder counts;
  counts.record_arrival();
  CHECK(counts.take().cache_keys_below == 0);
  counts.sample_cache_keys_below(10);
  CHECK(counts.take().cache_keys_below == 0);
  counts.record_cache_access(17, true); // Not a key that is kept.
  auto seen = counts.take();
  CHECK(seen.cache_keys.empty());
  CHECK(seen.cache_keys_below == 10);
  CHECK(counts.take().cache_keys_below == 10);
}

TEST_CASE("E1 recorder: only keys below the threshold are kept") {
  recorder counts;
  counts.sample_cache_keys_below(key_list::all_keys / 4);
  ask(counts, 0, 1'000);
  auto seen = counts.take();
  CHECK(seen.cache_keys == hashes(0, 1'000, key_list::all_keys / 4));
  CHECK(seen.cache_hits + seen.cache_misses == 1'000);
}

TEST_CASE("E1 recorder: a sample has the lowest threshold of its period") {
  recorder counts;
  ask(counts, 0, 300);
  counts.sample_cache_keys_below(1'000);
  counts.record_cache_access(999, true);
  counts.record_cache_access(1'000, true);
  counts.sample_cache_keys_below(1'000'000);
  counts.record_cache_access(5'000, true);
  auto seen = counts.take();
  CHECK(seen.cache_keys_below == 1'000);
  CHECK(seen.cache_keys == words{0, 999}); // The hash of 0 is 0.
  counts.record_cache_access(5'000, true);
  auto next = counts.take();
  CHECK(next.cache_keys_below == 1'000'000);
  CHECK(next.cache_keys == words{5'000});
}

TEST_CASE("E1 recorder: after losing keys it keeps fewer, but all of those") {
  recorder counts;
  ask(counts, 0, 100'000);
  auto lossy = counts.take();
  CHECK(lossy.cache_keys.empty());
  auto below = lossy.cache_keys_below;
  CHECK(below > 0);
  ask(counts, 100'000, 200'000);
  auto seen = counts.take();
  CHECK(seen.cache_keys_below == below);
  CHECK(seen.cache_keys == hashes(100'000, 200'000, below));
  CHECK(seen.cache_keys.size() < capacity / 2 + 100);
  CHECK(seen.cache_keys.size() > capacity / 2 - 100);
  counts.take();
  CHECK(counts.take().cache_keys_below == below); // Quiet: still not raised.
}

TEST_CASE("E1 recorder: too many keys of all threads are cut by threshold") {
  std::array<event_queue, 3> threads;
  key_list all;
  for (uint64_t i = 0; i < 3 * capacity; ++i)
    threads[i % 3].add(hash_of(i));
  auto seen = closed(all, threads[0], threads[1], threads[2]);
  auto below = seen.cache_keys_below;
  CHECK(below == doctest::Approx(0x1p64 / 3));
  auto expected = hashes(0, 3 * capacity, below);
  std::sort(expected.begin(), expected.end());
  std::sort(seen.cache_keys.begin(), seen.cache_keys.end());
  CHECK(seen.cache_keys == expected);
  sample next;
  CHECK(all.report(next) == below);
}

TEST_CASE("E1 recorder: one key asked for all the time is left out in time") {
  event_queue thread;
  key_list all;
  auto below = key_list::all_keys;
  for (int period = 0; period < 64 && below > 1'000'000; ++period) {
    for (uint64_t i = 0; i < 10 * capacity; ++i)
      if (1'000'000 < below)
        thread.add(1'000'000);
    auto seen = closed(all, thread);
    CHECK(seen.cache_keys.empty());
    CHECK(seen.cache_keys_below < below);
    below = seen.cache_keys_below;
  }
  CHECK(below <= 1'000'000);
  thread.add(3);
  CHECK(closed(all, thread).cache_keys == words{3});
}

TEST_CASE("E1 recorder: the threshold never falls to naming no keys") {
  event_queue thread;
  key_list all;
  for (int period = 0; period < 64; ++period) {
    for (uint64_t i = 0; i < 10 * capacity; ++i)
      thread.add(0);
    CHECK(closed(all, thread).cache_keys_below > 0);
  }
}

TEST_CASE("E1 recorder: losses before a new threshold say nothing about it") {
  recorder counts;
  ask(counts, 0, 100'000);
  counts.sample_cache_keys_below(key_list::all_keys / 1'000);
  auto lossy = counts.take();
  CHECK(lossy.cache_keys.empty());
  CHECK(lossy.cache_keys_below == key_list::all_keys / 1'000);
  ask(counts, 100'000, 200'000);
  auto seen = counts.take();
  CHECK(seen.cache_keys_below == key_list::all_keys / 1'000);
  CHECK(
    seen.cache_keys == hashes(100'000, 200'000, key_list::all_keys / 1'000));
}

TEST_CASE("E1 recorder: each thread's keys stay in order") {
  event_queue a;
  event_queue b;
  key_list all;
  a.add(1);
  b.add(10);
  a.add(2);
  b.add(10);
  a.add(1);
  CHECK(closed(all, a, b).cache_keys == words{1, 2, 1, 10, 10});
}
