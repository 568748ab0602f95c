#include "actors/journal/downsampler.hpp"
#include "actors/monitor/histogram.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

/// A second's sample with one request per latency.
sample second_of(int64_t at, const std::vector<duration>& latencies) {
  std::map<uint16_t, uint32_t> counts;
  sample x;
  x.opened_at = instant{std::chrono::seconds{at}};
  x.closed_at = x.opened_at + 1s;
  for (auto latency : latencies) {
    ++counts[bucket_of(static_cast<uint64_t>(latency.count()))];
    x.latency_sum += latency;
    ++x.completed;
  }
  for (auto [bucket, count] : counts)
    x.latencies.push_back({bucket, count});
  x.offered = static_cast<double>(x.completed);
  x.queue_length = static_cast<double>(at % 10);
  x.in_force = {{"batch_size", 32}};
  return x;
}

size_t rows_of(const std::vector<downsampler::row>& rows, duration step) {
  size_t result = 0;
  for (const auto& row : rows)
    result += row.step == step;
  return result;
}

} // namespace

TEST_CASE("D5 an hour of seconds is kept in four steps") {
  downsampler d;
  std::map<duration, size_t> rows;
  for (int64_t at = 7200; at < 10'800; ++at)
    for (const auto& row : d.push(second_of(at, {10ms, 20ms})))
      ++rows[row.step];
  CHECK(rows[1s] == 3600);
  CHECK(rows[10s] == 360);
  CHECK(rows[60s] == 60);
  CHECK(rows[600s] == 6);
  CHECK(d.flush().empty());
}

TEST_CASE("D5 a quantile of ten minutes is that of all their requests") {
  std::mt19937_64 random{1};
  std::lognormal_distribution<double> latency{3, 1};
  downsampler d;
  histogram all;
  observation last;
  for (int64_t at = 0; at < 600; ++at) {
    std::vector<duration> latencies(static_cast<size_t>(at % 7));
    for (auto& x : latencies)
      x = from_milliseconds(latency(random));
    auto x = second_of(at, latencies);
    all.merge(x.latencies);
    for (const auto& row : d.push(x))
      if (row.step == 600s)
        last = row.seen;
  }
  REQUIRE(last.completed == all.total());
  CHECK(*last.offered == static_cast<double>(all.total()));
  CHECK(last.latency_p50 == all.quantile(0.5));
  CHECK(last.latency_p95 == all.quantile(0.95));
  CHECK(last.latency_p99 == all.quantile(0.99));
  CHECK(*last.queue_length == doctest::Approx(4.5));
  CHECK(last.length() == 600s);
}

TEST_CASE(
  "D5 samples off the beat, gaps and clocks set back make no wrong row") {
  downsampler d;
  auto early = second_of(5, {10ms});
  early.opened_at += 700ms;
  early.closed_at += 700ms;
  auto rows = d.push(early);
  CHECK(rows_of(rows, 1s) == 1); // It belongs to the second it opened in.
  rows = d.push(second_of(100, {10ms})); // A minute and more was lost.
  CHECK(rows_of(rows, 10s) == 1);
  CHECK(rows_of(rows, 60s) == 1);
  for (const auto& row : rows)
    CHECK(row.seen.completed == 1);
  for (const auto& row : d.push(second_of(50, {10ms})))
    CHECK(row.seen.completed == 1);
  for (const auto& row : d.flush())
    CHECK(row.seen.completed == 1);
}

TEST_CASE("D5 a series is thinned to what a page can draw") {
  std::vector<observation> points(10);
  for (size_t i = 0; i < points.size(); ++i) {
    points[i].opened_at = instant{std::chrono::seconds{i}};
    points[i].closed_at = points[i].opened_at + 1s;
    points[i].completed = i == 0 ? 3 : 1;
    points[i].latency_p95 = i == 0 ? 10ms : 30ms;
  }
  CHECK(thinned(points, 10).size() == 10);
  auto five = thinned(points, 5);
  REQUIRE(five.size() == 5);
  CHECK(five[0].completed == 4);
  CHECK(milliseconds(five[0].latency_p95) == doctest::Approx(15));
  CHECK(five[4].closed_at == points[9].closed_at);
  CHECK(thinned(points, 3).size() == 3);
  CHECK(thinned({}, 3).empty());
}
