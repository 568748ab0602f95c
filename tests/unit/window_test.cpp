#include "actors/monitor/histogram.hpp"
#include "actors/monitor/window.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace std::chrono_literals;
using namespace tuner;

namespace {

instant at(double second) {
  return instant{from_seconds(second)};
}

const settings batch_32{{knob::batch_size, 32}};
const settings batch_64{{knob::batch_size, 64}};

/// A second in which `n` requests took `latency` each, on batch size 32.
sample second(double opened, uint64_t n = 10, duration latency = 20ms) {
  sample x;
  x.opened_at = at(opened);
  x.closed_at = at(opened + 1);
  if (n > 0) {
    auto bucket = bucket_of(static_cast<uint64_t>(latency.count()));
    x.latencies = {{bucket, static_cast<uint32_t>(n)}};
  }
  x.latency_sum = latency * static_cast<int64_t>(n);
  x.completed = n;
  x.in_force = batch_32;
  return x;
}

sample on_batch_64(sample x, double since) {
  x.in_force = batch_64;
  x.in_force_since = at(since);
  return x;
}

sample_ring ring_of(const std::vector<sample>& samples) {
  sample_ring ring{300s};
  for (auto& x : samples)
    ring.push(x);
  return ring;
}

void check_empty(const observation& seen, instant to) {
  CHECK(seen.opened_at == to);
  CHECK(seen.closed_at == to);
  CHECK(seen.completed == 0);
  CHECK(seen.latency_p99 == 0s);
  CHECK(seen.latency_mean == 0s);
  CHECK_FALSE(seen.offered);
  CHECK_FALSE(seen.cache_hit_ratio);
  CHECK_FALSE(seen.queue_length);
}

} // namespace

TEST_CASE("Monitor: a window adds up what its samples counted") {
  auto a = second(0), b = second(1);
  a.failed = 1;
  a.invalid = 2;
  b.failed = 3;
  b.invalid = 4;
  a.batches = 3;
  b.batches = 1;
  a.batched_requests = 6;
  b.batched_requests = 10;
  a.busy = 500ms;
  b.busy = 1500ms;
  auto seen = ring_of({a, b}).window(at(0), at(2));
  CHECK(seen.opened_at == at(0));
  CHECK(seen.closed_at == at(2));
  CHECK(seen.completed == 20);
  CHECK(seen.failed == 4);
  CHECK(seen.invalid == 6);
  CHECK(seen.batches == 4);
  CHECK(seen.batch_size_mean == 4);
  CHECK(seen.busy_workers == 1);
  CHECK(seen.in_force == batch_32);
}

TEST_CASE("Monitor: a window's quantiles are those of all its samples") {
  std::vector<sample> samples;
  for (int i = 0; i < 100; ++i) // 1 to 100 ms, one each
    samples.push_back(second(i, 1, (i + 1) * 1ms));
  auto seen = ring_of(samples).window(at(0), at(100));
  CHECK(milliseconds(seen.latency_p50) == doctest::Approx(50).epsilon(0.01));
  CHECK(milliseconds(seen.latency_p95) == doctest::Approx(95).epsilon(0.01));
  CHECK(milliseconds(seen.latency_p99) == doctest::Approx(99).epsilon(0.01));
  CHECK(seen.latency_mean == 50'500us);
}

TEST_CASE("Monitor: a constant latency comes out exact") {
  auto ring =
    ring_of({second(0, 7, 123'456'789ns), second(1, 9, 123'456'789ns)});
  auto seen = ring.latest(300s);
  CHECK(seen.latency_p50 == 123'456'789ns);
  CHECK(seen.latency_p95 == 123'456'789ns);
  CHECK(seen.latency_p99 == 123'456'789ns);
  CHECK(seen.latency_mean == 123'456'789ns);
}

TEST_CASE("Monitor: a sum of latencies that can't be true spoils no quantile") {
  auto torn = second(0, 1, 20ms);
  torn.latency_sum = 0s; // read between the two halves of a recording
  auto seen = ring_of({torn}).latest(300s);
  CHECK(milliseconds(seen.latency_p50) == doctest::Approx(20).epsilon(0.01));
  torn.latency_sum = -5s;
  CHECK(ring_of({torn}).latest(300s).latency_mean == 0s);
  torn.latency_sum = duration::max();
  torn.busy = duration::max();
  auto large = second(1);
  large.latency_sum = duration::max();
  large.busy = duration::max();
  CHECK(ring_of({torn, large}).latest(300s).latency_p50 < 21ms);
}

TEST_CASE("Monitor: a window leaves out samples that reach beyond it") {
  auto ring = ring_of({second(0), second(1), second(2), second(3)});
  auto seen = ring.window(at(0.5), at(3.5));
  CHECK(seen.opened_at == at(1));
  CHECK(seen.closed_at == at(3));
  CHECK(seen.completed == 20);
  CHECK(ring.window(at(1), at(3)).completed == 20);
}

TEST_CASE("Monitor: a window leaves out a sample in which settings changed") {
  // Settings change at 2.5; the sample from 2 to 3 is neither old nor new.
  auto ring = ring_of(
    {second(0), second(1), on_batch_64(second(2, 99), 2.5),
     on_batch_64(second(3), 2.5), on_batch_64(second(4), 2.5)});
  auto after = ring.latest(300s);
  CHECK(after.opened_at == at(3));
  CHECK(after.completed == 20);
  CHECK(after.in_force == batch_64);
  auto before = ring.window(at(0), at(2.5));
  CHECK(before.closed_at == at(2));
  CHECK(before.completed == 20);
  CHECK(before.in_force == batch_32);
}

TEST_CASE("Monitor: a change between two samples mixes neither") {
  auto ring = ring_of({second(0), on_batch_64(second(1), 1)});
  CHECK(ring.latest(300s).opened_at == at(1));
  CHECK(ring.latest(300s).completed == 10);
  CHECK(ring.window(at(0), at(1)).completed == 10);
}

TEST_CASE("Monitor: while only a mixed sample is new, the old ones count") {
  auto ring = ring_of({second(0), second(1), on_batch_64(second(2), 2.5)});
  auto seen = ring.latest(300s);
  CHECK(seen.closed_at == at(2));
  CHECK(seen.in_force == batch_32);
}

TEST_CASE("Monitor: going back to old settings does not join old samples") {
  auto back = second(2);
  back.in_force_since = at(2);
  auto there_and_back = ring_of({second(0), on_batch_64(second(1), 1.5), back});
  CHECK(there_and_back.latest(300s).completed == 10);
  CHECK(there_and_back.latest(300s).opened_at == at(2));
}

TEST_CASE("Monitor: a sample that never came leaves a window whole") {
  auto ring = ring_of({second(0), second(1), second(4), second(5)});
  auto seen = ring.latest(300s);
  CHECK(seen.opened_at == at(0));
  CHECK(seen.closed_at == at(6));
  CHECK(seen.completed == 40);
}

TEST_CASE("Monitor: a window without samples is empty and ends where asked") {
  check_empty(sample_ring{300s}.window(at(1), at(9)), at(9));
  check_empty(sample_ring{300s}.latest(300s), instant{});
  auto ring = ring_of({second(0), second(1)});
  check_empty(ring.window(at(5), at(9)), at(9));
  check_empty(ring.window(at(0.1), at(0.9)), at(0.9));
  check_empty(ring.window(at(2), at(0)), at(0));
  check_empty(ring.latest(-5s), at(2));
  check_empty(ring.latest(duration::min()), at(2));
  check_empty(ring_of({on_batch_64(second(0), 0.5)}).latest(300s), at(1));
}

TEST_CASE("Monitor: the latest window ends with the newest sample") {
  auto ring = ring_of({second(0), second(1), second(2), second(3)});
  CHECK(ring.latest(2s).opened_at == at(2));
  CHECK(ring.latest(2s).closed_at == at(4));
  CHECK(ring.latest(2500ms).completed == 20);
  CHECK(ring.latest(duration::max()).completed == 40);
}

TEST_CASE("Monitor: figures a target does not report stay unknown") {
  auto silent = ring_of({second(0), second(1)}).latest(300s);
  CHECK_FALSE(silent.offered);
  CHECK_FALSE(silent.cache_hit_ratio);
  CHECK_FALSE(silent.queue_length);
  CHECK_FALSE(silent.memory_mib);
  CHECK_FALSE(silent.cpu_cores);
  CHECK(silent.batch_size_mean == 0);
}

TEST_CASE("Monitor: a queue and a CPU are averaged where they are known") {
  auto a = second(0), b = second(1), c = second(2);
  a.queue_length = 4;
  c.queue_length = 8;
  a.cpu_cores = 1;
  b.cpu_cores = 3;
  auto seen = ring_of({a, b, c}).latest(300s);
  CHECK(*seen.queue_length == 6);
  CHECK(*seen.cpu_cores == 2);
}

TEST_CASE("Monitor: of memory the last figure known counts") {
  auto a = second(0), b = second(1), c = second(2);
  a.memory_mib = 100;
  b.memory_mib = 300;
  a.memory_used_ratio = 0.5;
  auto seen = ring_of({a, b, c}).latest(300s);
  CHECK(*seen.memory_mib == 300);
  CHECK(*seen.memory_used_ratio == 0.5);
}

TEST_CASE("Monitor: offered is known if it is in every sample") {
  auto a = second(0), b = second(1);
  a.offered = 12;
  CHECK_FALSE(ring_of({a, b}).latest(300s).offered);
  b.offered = 0;
  CHECK(*ring_of({a, b}).latest(300s).offered == 12);
}

TEST_CASE("Monitor: a hit ratio needs accesses") {
  auto a = second(0), b = second(1);
  CHECK_FALSE(ring_of({a, b}).latest(300s).cache_hit_ratio);
  a.cache_hits = 1;
  b.cache_hits = 2;
  b.cache_misses = 1;
  CHECK(*ring_of({a, b}).latest(300s).cache_hit_ratio == 0.75);
}

TEST_CASE("Monitor: samples older than what is kept are dropped") {
  sample_ring ring{10s};
  for (int i = 0; i < 100; ++i)
    ring.push(second(i));
  CHECK(ring.newest_first().size() == 11); // closing at 90 to 100
  CHECK(ring.latest(300s).opened_at == at(89));
  sample_ring one{-1s};
  one.push(second(0));
  one.push(second(1));
  CHECK(one.newest_first().size() == 1);
}

TEST_CASE("Monitor: old samples are added up, and windows lose nothing by it") {
  sample_ring ring{300s};
  uint64_t all = 0;
  for (int i = 0; i < 300; ++i) {
    auto x = second(i, static_cast<uint64_t>(i % 7));
    x.latencies = {{static_cast<uint16_t>(i), 1}, {2000, 100'000}};
    x.queue_length = i;
    all += x.completed;
    ring.push(x);
  }
  auto seen = ring.newest_first();
  CHECK(seen.size() == 31 + 27); // half a minute, stretches of ten seconds
  CHECK(seen.front()->length() == 1s);
  CHECK(seen.back()->length() == 10s);
  CHECK(seen.back()->latencies.unpacked().size() == 11);
  auto window = ring.latest(300s);
  CHECK(window.length() == 300s);
  CHECK(window.completed == all);
  CHECK(*window.queue_length == doctest::Approx(149.5));
  CHECK(window.latency_p50 == bucket_midpoint(2000));
  CHECK(ring.latest(298s).length() == 290s); // begins with a stretch
  CHECK(ring.latest(30s).length() == 30s);
}

TEST_CASE("Monitor: stretches of old samples end where settings change") {
  sample_ring ring{300s};
  for (int i = 0; i < 13; ++i)
    ring.push(second(i));
  for (int i = 13; i < 100; ++i)
    ring.push(on_batch_64(second(i), 13));
  CHECK(ring.window(at(0), at(13)).length() == 13s);
  CHECK(ring.window(at(0), at(23)).opened_at == at(13));
  CHECK(ring.latest(300s).length() == 87s);
  // Nor do they reach over a gap, or over a sample that saw the change.
  sample_ring gap{300s};
  for (int i : {0, 1, 3, 4})
    gap.push(second(i));
  gap.push(on_batch_64(second(5), 5.5));
  for (int i = 6; i < 80; ++i)
    gap.push(on_batch_64(second(i), 5.5));
  auto seen = gap.newest_first();
  auto oldest = seen.rbegin();
  CHECK((*oldest++)->length() == 2s);
  CHECK((*oldest++)->length() == 2s);
  CHECK((*oldest++)->length() == 1s);
  CHECK((*oldest++)->length() == 10s);
}

TEST_CASE("Monitor: packed counts come out as they went in") {
  std::vector<bucket_count> counts{
    {0, 0}, {3, 127}, {4, 128}, {300, 4'294'967'295}, {65'535, 1}, {2, 7}};
  auto same = [](const auto& a, const auto& b) {
    return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
      return x.bucket == y.bucket && x.count == y.count;
    });
  };
  CHECK(same(packed_counts{counts}.unpacked(), counts));
  CHECK(packed_counts{}.unpacked().empty());
  auto sum = packed_counts{{{1, 2}, {5, 1}}} + packed_counts{{{1, 3}, {9, 4}}};
  CHECK(
    same(sum.unpacked(), std::vector<bucket_count>{{1, 5}, {5, 1}, {9, 4}}));
}

TEST_CASE("Monitor: memory is bounded even where time stands still") {
  sample_ring ring{300s};
  for (std::size_t i = 0; i < 2 * sample_ring::samples_max; ++i)
    ring.push(second(0));
  CHECK(ring.newest_first().size() == sample_ring::samples_max);
}

TEST_CASE("Monitor: samples without length count, but take no time") {
  auto moment = second(1, 5);
  moment.opened_at = moment.closed_at;
  moment.busy = 1s;
  auto seen = ring_of({moment}).latest(300s);
  CHECK(seen.completed == 5);
  CHECK(seen.length() == 0s);
  CHECK(seen.busy_workers == 0);
  CHECK(throughput_rps(seen) == 0);
}

TEST_CASE("Monitor: samples that come late or end before they start are void") {
  auto backwards = second(3);
  std::swap(backwards.opened_at, backwards.closed_at);
  auto ring = ring_of({second(0), second(2), second(1), backwards});
  CHECK(ring.newest_first().size() == 2);
  CHECK(ring.latest(300s).completed == 20);
}

TEST_CASE("Monitor: a clock that was set back starts afresh") {
  auto ring = ring_of({second(5000), second(5001), second(0), second(1)});
  CHECK(ring.newest_first().size() == 2);
  CHECK(ring.latest(300s).closed_at == at(2));
}
