#include "actors/monitor/histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

using namespace std::chrono_literals;
using namespace tuner;

namespace {

using latencies = std::vector<uint64_t>;

latencies drawn(std::size_t n, const std::function<double()>& draw_ms) {
  latencies result;
  for (std::size_t i = 0; i < n; ++i)
    result.push_back(static_cast<uint64_t>(draw_ms() * 1e6));
  return result;
}

histogram histogram_of(const latencies& xs) {
  histogram result;
  for (auto x : xs)
    result.merge({{bucket_of(x), 1}});
  return result;
}

/// The definition itself, in whole per mille so that no rounding interferes.
double exact_ns(latencies xs, uint64_t q_permille) {
  std::sort(xs.begin(), xs.end());
  auto rank = (q_permille * xs.size() + 999) / 1000;
  return static_cast<double>(xs[std::max(rank, uint64_t{1}) - 1]);
}

double worst_error(const latencies& xs) {
  auto seen = histogram_of(xs);
  auto worst = 0.0;
  for (uint64_t q : {1, 10, 100, 250, 500, 750, 900, 950, 990, 999, 1000}) {
    auto wanted = exact_ns(xs, q);
    auto got = seen.quantile(static_cast<double>(q) / 1000);
    auto error = std::abs(static_cast<double>(got.count()) - wanted) / wanted;
    worst = std::max(worst, error);
  }
  return worst;
}

} // namespace

TEST_CASE("Monitor: buckets are in order and leave no gap") {
  CHECK(bucket_of(0) == 0);
  CHECK(bucket_of(127) == 127);
  CHECK(bucket_of(128) == 128);
  CHECK(bucket_of(latency_limit_ns - 1) == bucket_count_max - 1);
  for (uint64_t power = 1; power < latency_limit_ns; power *= 2)
    for (uint64_t x : {power, power + power / 64, power + power / 3}) {
      auto step = bucket_of(x) - bucket_of(x - 1);
      CHECK(step >= 0);
      CHECK(step <= 1);
    }
}

TEST_CASE("Monitor: each bucket holds its own midpoint") {
  for (std::size_t i = 0; i < bucket_count_max; ++i) {
    auto middle = static_cast<uint64_t>(bucket_midpoint(i).count());
    REQUIRE(bucket_of(middle) == i);
  }
}

TEST_CASE("Monitor: a bucket's midpoint is within 1/128 of all its values") {
  std::mt19937_64 random{1};
  for (int i = 0; i < 100'000; ++i) {
    auto x = random() % (uint64_t{1} << (1 + i % 42));
    auto middle = static_cast<double>(bucket_midpoint(bucket_of(x)).count());
    auto off = std::abs(middle - static_cast<double>(x));
    REQUIRE(off <= static_cast<double>(x) / 128);
    if (x < 128)
      REQUIRE(off == 0);
  }
}

TEST_CASE("Monitor: what lasts longer than 73 minutes is in the last bucket") {
  CHECK(bucket_of(latency_limit_ns) == bucket_count_max - 1);
  CHECK(
    bucket_of(std::numeric_limits<uint64_t>::max()) == bucket_count_max - 1);
  CHECK(bucket_midpoint(bucket_count_max - 1) > 72min);
  CHECK(bucket_midpoint(1'000'000) == bucket_midpoint(bucket_count_max - 1));
}

TEST_CASE("Monitor: quantiles are within 1 % of the exact ones") {
  std::mt19937_64 random{7};
  std::lognormal_distribution<> around_20ms{3, 1};
  std::uniform_real_distribution<> unit{0, 1};
  std::normal_distribution<> noise{0, 0.1};
  for (std::size_t n : {1, 2, 3, 10, 19, 20, 21, 100, 101, 1'000, 50'000}) {
    CAPTURE(n);
    auto lognormal = drawn(n, [&] { return around_20ms(random); });
    CHECK(worst_error(lognormal) <= 0.01);
    auto bimodal = drawn(n, [&] {
      return (unit(random) < 0.9 ? 2 : 800) * (1 + std::abs(noise(random)));
    });
    CHECK(worst_error(bimodal) <= 0.01);
    auto constant = drawn(n, [] { return 12.345; });
    CHECK(worst_error(constant) <= 0.01);
    auto uniform = drawn(n, [&] { return 0.001 + 500 * unit(random); });
    CHECK(worst_error(uniform) <= 0.01);
    auto pareto =
      drawn(n, [&] { return std::pow(1 - unit(random), -1 / 1.1); });
    CHECK(worst_error(pareto) <= 0.01);
  }
}

TEST_CASE("Monitor: small latencies have exact quantiles by nearest rank") {
  latencies to_100;
  for (uint64_t i = 1; i <= 100; ++i)
    to_100.push_back(i);
  auto seen = histogram_of(to_100);
  // Each of these products is a little off in binary, some upwards.
  for (int percent = 1; percent <= 100; ++percent)
    CHECK(seen.quantile(percent / 100.0) == duration{percent});
  CHECK(seen.quantile(0.991) == 100ns);
}

TEST_CASE("Monitor: quantiles in one pass are those taken one by one") {
  std::mt19937_64 random{3};
  std::lognormal_distribution<> around_20ms{3, 2};
  for (std::size_t n : {1, 2, 50, 1'000}) {
    auto seen = histogram_of(drawn(n, [&] { return around_20ms(random); }));
    auto all = seen.quantiles();
    CHECK(all.p50 == seen.quantile(0.50));
    CHECK(all.p95 == seen.quantile(0.95));
    CHECK(all.p99 == seen.quantile(0.99));
  }
}

TEST_CASE("Monitor: odd quantiles are the smallest or the largest latency") {
  auto seen = histogram_of({5, 10, 15});
  CHECK(seen.quantile(0) == 5ns);
  CHECK(seen.quantile(-1) == 5ns);
  CHECK(seen.quantile(std::nan("")) == 5ns);
  CHECK(seen.quantile(1) == 15ns);
  CHECK(seen.quantile(7) == 15ns);
}

TEST_CASE("Monitor: an empty histogram has quantiles of 0") {
  histogram seen;
  seen.merge({});
  seen.merge({{4, 0}});
  CHECK(seen.total() == 0);
  CHECK(seen.quantile(0.5) == 0ns);
  CHECK(seen.quantiles().p99 == 0ns);
  CHECK_FALSE(seen.in_one_bucket());
}

TEST_CASE("Monitor: merging histograms adds their counts") {
  histogram seen;
  seen.merge({{3, 2}, {9, 1}});
  CHECK_FALSE(seen.in_one_bucket());
  seen.merge({{9, 4'000'000'000}});
  seen.merge({{9, 4'000'000'000}});
  CHECK(seen.total() == 8'000'000'003);
  CHECK(seen.quantile(1e-10) == 3ns);
  CHECK(seen.quantile(0.5) == 9ns);
}

TEST_CASE("Monitor: a bucket that does not exist counts as the last one") {
  histogram seen;
  seen.merge({{65'535, 2}, {bucket_count_max, 1}});
  CHECK(seen.total() == 3);
  CHECK(seen.in_one_bucket());
  CHECK(seen.quantile(0.5) == bucket_midpoint(bucket_count_max - 1));
}
