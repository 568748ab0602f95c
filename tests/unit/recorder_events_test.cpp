#include "actors/monitor/recorder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <set>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace tuner;

namespace {

uint64_t hash_of(uint64_t i) {
  return i * 0x9e3779b97f4a7c15;
}

/// The events of any number of samples.
struct events {
  std::vector<uint32_t> batch_sizes;
  std::vector<uint64_t> keys;
  uint64_t arrivals = 0;
  double offered = 0;
  uint64_t batches = 0;
  uint64_t accesses = 0;
  bool sound = true; ///< Limits, order and period of the arrivals.

  void add(const sample& x) {
    for (auto& one : x.batch_records)
      batch_sizes.push_back(one.size);
    keys.insert(keys.end(), x.cache_keys.begin(), x.cache_keys.end());
    arrivals += x.arrivals_us.size();
    offered += x.offered.value;
    batches += x.batches;
    accesses += x.cache_hits + x.cache_misses;
    auto until = std::chrono::microseconds{
      x.arrivals_us.empty() ? 0 : x.arrivals_us.back()};
    sound = sound && x.arrivals_us.size() <= arrivals_max
      && x.batch_records.size() <= batch_records_max
      && x.cache_keys.size() <= cache_keys_max && until <= x.arrivals_until
      && std::is_sorted(x.arrivals_us.begin(), x.arrivals_us.end());
  }
};

template <class T>
bool all_different(const std::vector<T>& xs) {
  return std::set<T>(xs.begin(), xs.end()).size() == xs.size();
}

/// Records one of each kind, all known by `i`.
void record_all(recorder& counts, uint64_t i) {
  counts.record_arrival();
  counts.record_batch(i, 1, 3us);
  counts.record_cache_access(hash_of(i), true);
}

} // namespace

TEST_CASE("E1 recorder: batches come out as they were, and once") {
  recorder counts;
  counts.record_batch(3, 1, 40ms);
  counts.record_batch(5, 0, 60ms);
  auto seen = counts.take();
  REQUIRE(seen.batch_records.size() == 2);
  CHECK(seen.batch_records[0].size == 3);
  CHECK(seen.batch_records[0].others_running == 1);
  CHECK(seen.batch_records[0].service_ms == doctest::Approx(40));
  CHECK(seen.batch_records[1].size == 5);
  CHECK(seen.batch_records[1].others_running == 0);
  CHECK(seen.batch_records[1].service_ms == doctest::Approx(60));
  CHECK(counts.take().batch_records.empty());
  counts.record_batch(1, 0, -1ms);
  CHECK(counts.take().batch_records.empty()); // Invalid.
}

TEST_CASE("E1 recorder: of a thread's batches the newest are kept") {
  recorder counts;
  for (uint64_t i = 0; i < 1'000; ++i)
    counts.record_batch(i, 0, 1ms);
  auto seen = counts.take();
  CHECK(seen.batches == 1'000);
  REQUIRE(seen.batch_records.size() == batch_records_max);
  for (std::size_t i = 0; i < batch_records_max; ++i)
    CHECK(seen.batch_records[i].size == 1'000 - batch_records_max + i);
}

TEST_CASE("E1 recorder: arrivals are timed within the period of the sample") {
  recorder counts;
  auto begin = std::chrono::steady_clock::now();
  counts.take();
  for (int i = 0; i < 1'000; ++i)
    counts.record_arrival();
  auto seen = counts.take();
  auto length = std::chrono::steady_clock::now() - begin;
  events found;
  found.add(seen);
  CHECK(found.sound);
  CHECK(found.arrivals == 1'000);
  CHECK(seen.arrivals_until > 0s);
  CHECK(seen.arrivals_until <= length);
  CHECK(counts.take().arrivals_us.empty());
}

TEST_CASE("E1 recorder: many arrivals are timed up to some moment") {
  recorder counts;
  for (int i = 0; i < 5'000; ++i)
    counts.record_arrival();
  auto seen = counts.take();
  CHECK(*seen.offered == 5'000);
  CHECK(seen.arrivals_us.size() == event_queue::capacity);
  CHECK(seen.arrivals_until < seen.arrivals_us.back() * 1us + 1us);
  counts.record_arrival();
  auto next = counts.take();
  CHECK(next.arrivals_us.size() == 1);
  CHECK(next.arrivals_until >= next.arrivals_us.back() * 1us);
}

TEST_CASE("E1 recorder: in simulated time arrivals are only counted") {
  recorder counts{arrival_times::ignored};
  counts.record_arrival();
  auto seen = counts.take();
  CHECK(*seen.offered == 1);
  CHECK(seen.arrivals_us.empty());
  CHECK(seen.arrivals_until == 0s);
}

TEST_CASE("E1 recorder: a reused stripe hands on what was not taken") {
  recorder counts;
  for (uint64_t i = 1; i <= 40; ++i)
    std::thread{[&] { record_all(counts, i); }}.join();
  CHECK(counts.stripe_count() == 1);
  events found;
  found.add(counts.take());
  CHECK(found.sound);
  CHECK(found.arrivals == 40);
  REQUIRE(found.batch_sizes.size() == 40);
  REQUIRE(found.keys.size() == 40);
  for (uint64_t i = 1; i <= 40; ++i) {
    CHECK(found.batch_sizes[i - 1] == i);
    CHECK(found.keys[i - 1] == hash_of(i));
  }
  std::thread{[&] { record_all(counts, 41); }}.join();
  auto next = counts.take();
  CHECK(next.arrivals_us.size() == 1);
  CHECK(next.cache_keys == std::vector<uint64_t>{hash_of(41)});
  REQUIRE(next.batch_records.size() == 1);
  CHECK(next.batch_records[0].size == 41);
}

TEST_CASE("E1 recorder: hundreds of threads are put together") {
  constexpr uint64_t threads = 200;
  recorder counts;
  std::latch recorded{threads};
  std::vector<std::thread> workers;
  for (uint64_t i = 0; i < threads; ++i)
    workers.emplace_back([&, i] {
      record_all(counts, i);
      record_all(counts, threads + i);
      recorded.arrive_and_wait(); // All live at the same time.
    });
  for (auto& x : workers)
    x.join();
  CHECK(counts.stripe_count() == threads);
  auto seen = counts.take();
  events found;
  found.add(seen);
  CHECK(found.sound);
  CHECK(found.arrivals == 2 * threads);
  CHECK(found.batches == 2 * threads);
  CHECK(found.batch_sizes.size() == batch_records_max);
  CHECK(all_different(found.batch_sizes));
  CHECK(found.keys.size() == 2 * threads);
  CHECK(all_different(found.keys));
}

TEST_CASE("E1 recorder: no event comes twice while four threads record") {
  constexpr uint64_t per_thread = 20'000;
  constexpr uint64_t threads = 4;
  recorder counts;
  std::latch start{threads};
  std::atomic<uint64_t> running{threads};
  std::vector<std::thread> workers;
  for (uint64_t me = 0; me < threads; ++me)
    workers.emplace_back([&, me] {
      start.arrive_and_wait();
      for (uint64_t i = 0; i < per_thread; ++i)
        record_all(counts, me * per_thread + i);
      --running;
    });
  events found;
  while (running > 0) {
    found.add(counts.take());
    counts.sample_cache_keys_below(key_list::all_keys); // Lose some again.
  }
  for (auto& x : workers)
    x.join();
  found.add(counts.take());
  CHECK(found.sound);
  CHECK(found.offered == threads * per_thread);
  CHECK(found.batches == threads * per_thread);
  CHECK(found.accesses == threads * per_thread);
  CHECK(found.arrivals <= threads * per_thread);
  CHECK_FALSE(found.batch_sizes.empty());
  CHECK(all_different(found.batch_sizes));
  CHECK(all_different(found.keys));
}
