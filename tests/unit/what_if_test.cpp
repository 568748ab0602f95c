#include "actors/model/what_if.hpp"
#include "tests/unit/plain_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace tuner;
using namespace tuner::model;

namespace {

const std::vector<double> no_luck(100, 1.0);

trial_load every(double gap_seconds, size_t count) {
  trial_load x;
  for (size_t i = 0; i < count; ++i)
    x.arrivals.push_back(gap_seconds * static_cast<double>(i));
  x.luck = &no_luck;
  return x;
}

/// @returns the standard deviation of the p95s of five parts, one after
/// another.
double scatter_of_fifths(std::vector<double> x) {
  auto length = static_cast<std::ptrdiff_t>(x.size() / 5);
  double sum = 0, squares = 0;
  for (auto begin = x.begin(); begin != x.end(); begin += length) {
    std::sort(begin, begin + length);
    auto p95 = begin[length * 95 / 100 - 1];
    sum += p95;
    squares += p95 * p95;
  }
  return std::sqrt((squares - sum * sum / 5) / 4);
}

} // namespace

TEST_CASE("A5 what-if: a full batch starts at once") {
  auto table = plain_table();
  what_if host{table, 1, 0.95};
  // Batches of 5 gather in 40 ms and take 15 ms: the first of each waits 55.
  auto seen = host.run(every(0.010, 500), {5, 10});
  CHECK(seen.p95_ms == doctest::Approx(55));
  CHECK(seen.busy_workers == doctest::Approx(0.3).epsilon(0.02));
}

TEST_CASE("A5 what-if: the timeout starts a batch that is not full") {
  auto table = plain_table();
  what_if host{table, 1, 0.95};
  // 20 ms after the first one, 3 have come: 13 ms, so 33 ms for the first.
  auto seen = host.run(every(0.010, 600), {32, 0.0201});
  CHECK(seen.p95_ms == doctest::Approx(33.1));
}

TEST_CASE("A5 what-if: without a free worker everybody waits") {
  auto table = plain_table();
  what_if one{table, 1, 0.95};
  what_if two{table, 2, 0.95};
  // One request each 6 ms in batches of one takes 11 ms.
  CHECK(one.run(every(0.006, 500), {1, 0}).p95_ms > 1000);
  CHECK(two.run(every(0.006, 500), {1, 0}).p95_ms == doctest::Approx(11));
}

TEST_CASE("A5 what-if: those that have waited since before count from then") {
  auto table = plain_table();
  what_if host{table, 1, 0.95};
  trial_load load;
  load.arrivals = std::vector<double>(20, -1.0);
  load.luck = &no_luck;
  CHECK(host.run(load, {20, 0}).p95_ms == doctest::Approx(1030));
}

TEST_CASE(
  "A5 what-if: the p95 is that of all, and scatters as that of the fifths, "
  "wherever the slow ones are") {
  auto table = plain_table();
  what_if host{table, 1, 0.95};
  // Batches of one, 11 ms each: of a crowd that comes at once the k-th waits
  // for k of them. 60 of 2000 are within 5 %, 300 are not.
  for (size_t crowd : {60, 300})
    for (size_t from : {100, 352, 1000, 1650}) {
      trial_load load = every(0.020, 2000);
      for (size_t i = from; i < 2000; ++i)
        load.arrivals[i] -=
          i < from + crowd ? 0.020 * static_cast<double>(i - from) : 0;
      std::vector<double> expected;
      double free_at = 0;
      for (auto at : load.arrivals) {
        free_at = std::max(free_at, at) + 0.011;
        expected.push_back(1e3 * (free_at - at));
      }
      auto seen = host.run(load, {1, 0});
      CHECK(seen.p95_sd_ms == doctest::Approx(scatter_of_fifths(expected)));
      std::sort(expected.begin(), expected.end());
      CHECK(seen.p95_ms == doctest::Approx(expected[1899]).epsilon(1e-4));
    }
}

TEST_CASE("A5 what-if: where no batch gets full, a larger size does the same") {
  auto table = plain_table();
  what_if host{table, 2, 0.95};
  trial_load load;
  load.luck = &no_luck;
  std::mt19937 random{7};
  std::exponential_distribution<double> gap{300};
  for (double at = 0; load.arrivals.size() < 1000; at += gap(random))
    load.arrivals.push_back(at);
  for (double timeout : {0.0, 0.01, 0.03}) {
    auto free = host.run(load, {64, timeout});
    auto most = free.largest_batch;
    REQUIRE(most > 2);
    REQUIRE(most < 63);
    for (auto size : {most + 1, most + 2, most - 2}) {
      auto x = host.run(load, {size, timeout});
      auto same = x.p95_ms == free.p95_ms && x.mean_ms == free.mean_ms
        && x.p95_sd_ms == free.p95_sd_ms && x.busy_workers == free.busy_workers;
      CHECK(same == (size > most));
      CHECK(x.largest_batch == std::min(size, most));
    }
  }
}

TEST_CASE("A5 what-if: nothing to serve is nothing, not an error") {
  auto table = plain_table();
  what_if host{table, 0, 0.95};
  trial_load none;
  none.luck = &no_luck;
  CHECK(host.run(none, {1, 0}).p95_ms == 0);
  service_table empty;
  what_if nobody{empty, 1, 0.95};
  CHECK(nobody.run(every(1, 10), {1, 0}).busy_workers == 0);
}
