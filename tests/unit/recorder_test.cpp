#include "actors/monitor/recorder.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace std::chrono_literals;
using namespace tuner;

namespace {

using float_ms = std::chrono::duration<float, std::milli>;
using double_s = std::chrono::duration<double>;
using unsigned_us = std::chrono::duration<uint32_t, std::micro>;
using picoseconds = std::chrono::duration<int64_t, std::pico>;
using days = std::chrono::duration<int64_t, std::ratio<86'400>>;

constexpr auto infinity = std::numeric_limits<double>::infinity();

template <class Duration>
sample recorded(Duration latency) {
  recorder counts;
  counts.record_request(latency, true);
  return counts.take();
}

template <class Duration>
void check_invalid(Duration latency) {
  recorder counts;
  counts.record_request(latency, true);
  counts.record_request(latency, false);
  counts.record_batch(8, 0, latency);
  auto seen = counts.take();
  CHECK(seen.invalid == 3);
  CHECK(seen.latencies.empty());
  CHECK(seen.latency_sum == 0s);
  CHECK(seen.completed + seen.failed + seen.batches == 0);
  CHECK(seen.batched_requests == 0);
  CHECK(seen.busy == 0s);
}

template <class Duration>
void check_in_last_bucket(Duration latency) {
  auto seen = recorded(latency);
  REQUIRE(seen.latencies.size() == 1);
  CHECK(seen.latencies[0].bucket == bucket_count_max - 1);
  CHECK(seen.completed == 1);
  CHECK(seen.latency_sum == duration{latency_limit_ns});
  CHECK(seen.invalid == 0);
}

} // namespace

TEST_CASE("Monitor: a recorder counts each kind of recording") {
  recorder counts;
  counts.record_arrival();
  counts.record_arrival();
  counts.record_request(5ms, true);
  counts.record_request(3ms, true);
  counts.record_request(5ms, true);
  counts.record_request(700ms, false);
  counts.record_batch(3, 1, 40ms);
  counts.record_batch(5, 0, 60ms);
  counts.record_cache_access(17, true);
  counts.record_cache_access(18, false);
  counts.record_cache_access(17, true);
  auto seen = counts.take();
  REQUIRE(seen.latencies.size() == 2);
  CHECK(seen.latencies[0].bucket == bucket_of(3'000'000));
  CHECK(seen.latencies[0].count == 1);
  CHECK(seen.latencies[1].bucket == bucket_of(5'000'000));
  CHECK(seen.latencies[1].count == 2);
  CHECK(seen.latency_sum == 13ms);
  CHECK(seen.completed == 3);
  CHECK(seen.failed == 1);
  CHECK(seen.invalid == 0);
  CHECK(*seen.offered == 2);
  CHECK(seen.batches == 2);
  CHECK(seen.batched_requests == 8);
  CHECK(seen.busy == 100ms);
  CHECK(seen.cache_hits == 2);
  CHECK(seen.cache_misses == 1);
}

TEST_CASE("Monitor: what was taken is not taken again") {
  recorder counts;
  counts.record_request(5ms, true);
  counts.record_cache_access(1, true);
  counts.take();
  auto again = counts.take();
  CHECK(again.latencies.empty());
  CHECK(again.latency_sum == 0s);
  CHECK(again.completed + again.cache_hits == 0);
  counts.record_request(5ms, true);
  CHECK(counts.take().completed == 1);
}

TEST_CASE("Monitor: offered is known from the first arrival on") {
  recorder counts;
  counts.record_request(5ms, true);
  CHECK_FALSE(counts.take().offered);
  counts.record_arrival();
  CHECK(*counts.take().offered == 1);
  auto quiet = counts.take();
  REQUIRE(quiet.offered);
  CHECK(*quiet.offered == 0);
}

TEST_CASE("Monitor: latencies of any unit and type are the same latency") {
  CHECK(recorded(25ms).latency_sum == 25ms);
  CHECK(recorded(std::chrono::microseconds{25'000}).latency_sum == 25ms);
  CHECK(recorded(unsigned_us{25'000}).latency_sum == 25ms);
  CHECK(recorded(picoseconds{25'000'000'000}).latency_sum == 25ms);
  CHECK(recorded(double_s{0.025}).latency_sum == 25ms);
  CHECK(recorded(float_ms{25}).latency_sum == 25ms);
  CHECK(recorded(1min).latency_sum == 60s);
  CHECK(recorded(double_s{1e-9}).latency_sum == 1ns);
  CHECK(recorded(0ns).latencies.at(0).bucket == 0);
  CHECK(recorded(double_s{-0.0}).latencies.at(0).bucket == 0);
  CHECK(recorded(double_s{1e-300}).latency_sum == 0ns);
  for (int i = 0; i < 1'000; ++i) // None of these is exact in binary.
    REQUIRE(recorded(double_s{i / 1e9}).latency_sum == duration{i});
}

TEST_CASE("Monitor: latencies that can't be are counted as invalid only") {
  check_invalid(double_s{std::nan("")});
  check_invalid(double_s{-std::nan("")});
  check_invalid(double_s{infinity});
  check_invalid(double_s{-infinity});
  check_invalid(double_s{-1e-9});
  check_invalid(float_ms{std::nanf("")});
  check_invalid(-1ns);
  check_invalid(-1ms);
  check_invalid(duration::min());
  check_invalid(std::chrono::hours::min());
}

TEST_CASE("Monitor: more than 73 minutes is in the last bucket") {
  check_in_last_bucket(2h);
  check_in_last_bucket(duration{latency_limit_ns});
  check_in_last_bucket(duration::max());
  check_in_last_bucket(std::chrono::hours::max());
  check_in_last_bucket(days::max());
  check_in_last_bucket(double_s{7'200});
  check_in_last_bucket(double_s{std::numeric_limits<double>::max()});
  check_in_last_bucket(float_ms{std::numeric_limits<float>::max()});
  CHECK(recorded(73min).latency_sum == 73min);
}

TEST_CASE("Monitor: a batch size that can't be is invalid") {
  recorder counts;
  counts.record_batch(static_cast<uint64_t>(-1), 0, 5ms);
  auto seen = counts.take();
  CHECK(seen.invalid == 1);
  CHECK(seen.batches == 0);
  CHECK(seen.busy == 0s);
}

TEST_CASE("Monitor: counters may wrap without anybody noticing") {
  stripe_pool pool;
  auto* first = pool.acquire();
  auto* second = pool.acquire();
  first->latencies[7].add(std::numeric_limits<uint32_t>::max() - 1);
  second->latencies[7].add(std::numeric_limits<uint32_t>::max());
  first->latency_sum.add(std::numeric_limits<uint64_t>::max() - 5);
  pool.take();
  first->latencies[7].add(3);  // wraps
  second->latencies[7].add(2); // wraps too
  first->latency_sum.add(35);  // and this
  auto seen = pool.take();
  REQUIRE(seen.latencies.size() == 1);
  CHECK(seen.latencies[0].bucket == 7);
  CHECK(seen.latencies[0].count == 5);
  CHECK(seen.completed == 5);
  CHECK(seen.latency_sum == 35ns);
  CHECK(pool.take().completed == 0);
}
