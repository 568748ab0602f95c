#include "app/simulation/sampler.hpp"
#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

using namespace tuner;
using namespace tuner::simulation;

namespace {

constexpr auto all_keys = ~uint64_t{0};

/// A host watched by a sampler, and by a recording to compare it with.
struct watched_host {
  explicit watched_host(const scenario& what, const recorded_trace& trace = {})
    : host(what, trace, 1, {&samples, &seen}) {}

  /// @returns the sample up to `until`; `seen` is of the same time.
  sample take(double until) {
    seen = {};
    host.advance(until);
    return samples.take(until);
  }

  sampler samples;
  recording seen;
  simulated_host host;
};

scenario busy_host(double rate) {
  scenario result;
  result.arrivals.rates = {{0, rate}};
  result.service.fixed_ms = 1;
  result.service.per_item_ms = 0.01;
  result.service.workers = 2;
  result.initial = {8, 1, 256};
  return result;
}

void check_counts(const sample& x, const recording& seen) {
  CHECK(*x.offered == static_cast<double>(seen.arrivals.size()));
  CHECK(x.completed == seen.answers.size());
  CHECK(x.failed == 0);
  CHECK(x.batches == seen.batches.size());
  size_t batched = 0;
  double busy = 0;
  double latency = 0;
  for (const auto& batch : seen.batches) {
    batched += batch.size;
    busy += batch.took;
  }
  for (const auto& answer : seen.answers)
    latency += answer.latency;
  CHECK(x.batched_requests == batched);
  CHECK(seconds(x.busy) == doctest::Approx(busy));
  CHECK(seconds(x.latency_sum) == doctest::Approx(latency));
  auto hits =
    std::ranges::count_if(seen.lookups, [](const auto& y) { return y.second; });
  CHECK(x.cache_hits == static_cast<uint64_t>(hits));
  CHECK(x.cache_hits + x.cache_misses == seen.lookups.size());
}

/// The histogram must be that of the latencies, bucket by bucket.
void check_latencies(const sample& x, const recording& seen) {
  std::vector<uint32_t> counts(bucket_count_max);
  for (const auto& answer : seen.answers)
    ++counts[bucket_of(static_cast<uint64_t>(answer.latency * 1e9))];
  CHECK(std::ranges::is_sorted(x.latencies, {}, &bucket_count::bucket));
  for (const auto& [bucket, count] : x.latencies) {
    REQUIRE(count > 0);
    REQUIRE(std::exchange(counts[bucket], 0) == count);
  }
  CHECK(std::accumulate(counts.begin(), counts.end(), 0u) == 0);
}

/// All arrivals up to `arrivals_until`, and none after it.
void check_arrivals(const sample& x, const recording& seen, double opened) {
  REQUIRE(x.arrivals_us.size() <= arrivals_max);
  CHECK(std::ranges::is_sorted(x.arrivals_us));
  auto until = opened + seconds(x.arrivals_until);
  auto early = std::ranges::count_if(
    seen.arrivals, [&](double at) { return at < until - 1e-9; });
  CHECK(x.arrivals_us.size() == static_cast<size_t>(early));
  for (size_t i = 0; i < x.arrivals_us.size(); ++i) {
    auto at = opened + x.arrivals_us[i] * 1e-6;
    REQUIRE(at <= seen.arrivals[i] + 1e-9);
    REQUIRE(at >= seen.arrivals[i] - 1.001e-6);
  }
  if (!x.arrivals_us.empty())
    CHECK(std::chrono::microseconds{x.arrivals_us.back()} <= x.arrivals_until);
}

bool happened(const batch_record& x, const recording& seen) {
  return std::ranges::any_of(seen.batches, [&](const batch_seen& batch) {
    return batch.size == x.size && batch.others == x.others_running
      && static_cast<float>(batch.took * 1e3) == x.service_ms;
  });
}

/// The keys must be all below the threshold, in order, or none.
bool are_all_below(const sample& x, const recording& seen) {
  std::vector<uint64_t> expected;
  for (const auto& [key, hit] : seen.lookups)
    if (key < x.cache_keys_below)
      expected.push_back(key);
  return x.cache_keys == expected;
}

} // namespace

TEST_CASE("E4 a sample says what the host did since the last one") {
  auto what = busy_host(1500);
  what.cache.emplace();
  watched_host x{what};
  double opened = 0;
  for (double until : {1.0, 2.0, 2.5, 2.5, 7.0}) {
    CAPTURE(until);
    auto taken = x.take(until);
    check_counts(taken, x.seen);
    check_latencies(taken, x.seen);
    check_arrivals(taken, x.seen, opened);
    opened = until;
  }
}

TEST_CASE("E4 a sample of nothing has nothing in it, and says so") {
  watched_host x{exact_host({}), requests({})};
  auto nothing = x.take(1);
  check_counts(nothing, x.seen);
  CHECK(nothing.offered.known);
  CHECK(nothing.latencies.empty());
  CHECK(nothing.arrivals_us.empty());
  CHECK(nothing.arrivals_until == std::chrono::seconds{1});
  CHECK(nothing.batch_records.empty());
  CHECK(nothing.cache_keys_below == 0); // No cache, no keys.
}

TEST_CASE("E4 arrivals are complete up to where there was room") {
  watched_host x{busy_host(20'000)};
  for (double second = 0; second < 3; ++second) {
    auto taken = x.take(second + 1);
    check_counts(taken, x.seen);
    check_arrivals(taken, x.seen, second);
    CHECK(taken.arrivals_us.size() == arrivals_max);
    CHECK(seconds(taken.arrivals_until) > 0.3);
    CHECK(seconds(taken.arrivals_until) < 0.5);
  }
  auto short_one = x.take(3.1);
  check_arrivals(short_one, x.seen, 3);
  CHECK(seconds(short_one.arrivals_until) == doctest::Approx(0.1));
}

TEST_CASE("E4 arrivals in microseconds stay within a sample of any length") {
  auto what = exact_host({});
  what.service.fixed_ms = 0.001;
  watched_host x{what, requests({0, 0.0000005, 0.1, 0.3, 0.7, 0.999999999})};
  auto taken = x.take(1);
  CHECK(
    taken.arrivals_us
    == std::vector<uint32_t>{0, 0, 100'000, 300'000, 700'000, 999'999});
}

TEST_CASE("E4 a sample keeps batches as they were, not too many") {
  watched_host quiet{busy_host(300)};
  auto all = quiet.take(1);
  REQUIRE(all.batches <= batch_records_max);
  CHECK(all.batch_records.size() == all.batches);
  for (size_t i = 0; i < all.batch_records.size(); ++i) {
    CHECK(all.batch_records[i].size == quiet.seen.batches[i].size);
    CHECK(all.batch_records[i].others_running == quiet.seen.batches[i].others);
  }
  watched_host busy{busy_host(3000)};
  busy.take(1);
  auto some = busy.take(2);
  CHECK(some.batches > batch_records_max);
  REQUIRE(some.batch_records.size() == batch_records_max);
  for (const auto& x : some.batch_records)
    REQUIRE(happened(x, busy.seen));
}

TEST_CASE("E4 the batches kept are an even choice") {
  sampler x;
  double sum = 0;
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < 1000; ++i) // A batch's size is its number.
      x.served(0, i, 0, 0.01);
    for (const auto& kept : x.take(round).batch_records)
      sum += kept.size;
  }
  // 25'600 numbers below 1000: standard deviation 1.8.
  CHECK(sum / 25'600 == doctest::Approx(499.5).epsilon(0.015));
}

TEST_CASE("E4 a sample names every key while there is room") {
  auto what = busy_host(1000);
  what.cache.emplace();
  watched_host x{what};
  for (double second = 1; second <= 3; ++second) {
    auto taken = x.take(second);
    CHECK(taken.cache_keys_below == all_keys);
    CHECK(taken.cache_keys.size() == x.seen.lookups.size());
    CHECK(are_all_below(taken, x.seen));
  }
  what.arrivals.rates = {{0, 1000}, {1, 0}};
  watched_host quiet{what};
  quiet.take(1.5);
  auto silent = quiet.take(2.5);
  CHECK(silent.cache_keys.empty());
  CHECK(silent.cache_keys_below == all_keys); // It still names keys.
}

TEST_CASE("E4 where keys are too many a sample names those below a threshold") {
  auto what = busy_host(20'000);
  what.cache.emplace();
  watched_host x{what};
  auto below = all_keys;
  for (double second = 1; second <= 5; ++second) {
    auto taken = x.take(second);
    CHECK(x.seen.lookups.size() > cache_keys_max);
    CHECK(taken.cache_keys.size() <= cache_keys_max);
    CHECK(taken.cache_keys.size() > 500);
    CHECK(are_all_below(taken, x.seen));
    CHECK(taken.cache_keys_below > 0);
    CHECK(taken.cache_keys_below <= below); // It falls, and stays down.
    below = taken.cache_keys_below;
  }
  CHECK(below < all_keys / 4);
}

TEST_CASE("E4 keys that are too many all the same are not named") {
  sampler x;
  for (int second = 1; second <= 5; ++second) {
    for (size_t i = 0; i < 2 * cache_keys_max; ++i)
      x.looked_up(0, true); // No threshold is below it.
    auto taken = x.take(second);
    CHECK(taken.cache_hits == 2 * cache_keys_max);
    CHECK(taken.cache_keys.empty());
    CHECK(taken.cache_keys_below > 0);
  }
}
