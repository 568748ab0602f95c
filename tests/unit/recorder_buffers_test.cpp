#include "actors/monitor/event_lists.hpp"
#include "actors/monitor/histogram.hpp"
#include "actors/monitor/on_demand.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <numeric>
#include <thread>

using namespace std::chrono_literals;
using namespace tuner;

namespace {

using words = std::vector<uint64_t>;

constexpr uint64_t capacity = event_queue::capacity;
constexpr uint64_t second = 1'000'000'000;

void add_range(auto& to, uint64_t first, uint64_t end, uint64_t step = 1) {
  for (auto x = first; x < end; x += step)
    to.add(x);
}

words range(uint64_t first, uint64_t end) {
  words result(end - first);
  std::iota(result.begin(), result.end(), first);
  return result;
}

/// Closes a period as the recorder does.
sample closed(arrival_list& all, uint64_t now_ns, auto&... threads) {
  sample result;
  (all.collect(threads), ...);
  (all.collect(threads), ...);
  all.report(now_ns, result);
  return result;
}

} // namespace

TEST_CASE("E1 recorder: a queue keeps the oldest events and counts the rest") {
  event_queue events;
  words seen;
  add_range(events, 0, capacity - 1);
  CHECK(events.has_room());
  events.add(capacity - 1);
  CHECK_FALSE(events.has_room());
  add_range(events, capacity, capacity + 7);
  auto found = events.take(seen);
  CHECK(found.full());
  CHECK(found.lost == 7);
  CHECK(seen == range(0, capacity));
}

TEST_CASE("E1 recorder: a queue that was taken from has all its room again") {
  event_queue events;
  for (uint64_t round = 0; round < 5; ++round) {
    words seen;
    add_range(events, 0, 1'500); // Wraps around after the first round.
    CHECK(events.take(seen).lost == 0);
    CHECK(seen == range(0, 1'500));
    CHECK(events.take(seen).kept == 0);
    CHECK(seen.size() == 1'500);
  }
}

TEST_CASE("E1 recorder: a ring keeps the newest events") {
  event_ring events;
  for (uint64_t count : {10, 256, 257, 511, 512, 513, 10'000}) {
    words seen{4'711};
    add_range(events, 0, count);
    events.take(seen);
    auto kept = std::min<uint64_t>(count, event_ring::capacity);
    REQUIRE(seen.size() == 1 + kept);
    seen.erase(seen.begin());
    CHECK(seen == range(count - kept, count));
    events.take(seen);
    CHECK(seen.size() == kept);
  }
}

TEST_CASE("E1 recorder: a queue loses nothing it does not count, at any time") {
  constexpr uint64_t count = 1'000'000;
  event_queue events;
  std::atomic<bool> running{true};
  std::thread writer{[&] {
    add_range(events, 0, count);
    running = false;
  }};
  words seen;
  uint64_t lost = 0;
  while (running)
    lost += events.take(seen).lost;
  writer.join();
  lost += events.take(seen).lost;
  CHECK(seen.size() + lost == count);
  CHECK(
    std::adjacent_find(seen.begin(), seen.end(), std::greater_equal{})
    == seen.end());
}

TEST_CASE("E1 recorder: a ring tells nothing twice or in halves, at any time") {
  constexpr uint64_t count = 1'000'000;
  event_ring events;
  std::atomic<bool> running{true};
  std::thread writer{[&] {
    add_range(events, 1, count + 1);
    running = false;
  }};
  words seen;
  while (running)
    events.take(seen);
  writer.join();
  events.take(seen);
  CHECK(
    std::adjacent_find(seen.begin(), seen.end(), std::greater_equal{})
    == seen.end());
  REQUIRE_FALSE(seen.empty());
  CHECK(seen.front() > 0);
  CHECK(seen.back() <= count);
}

TEST_CASE("E1 recorder: buffers take memory once they are needed") {
  on_demand<event_queue> events;
  CHECK(events.find() == nullptr);
  events.get().add(5);
  REQUIRE(events.find() != nullptr);
  CHECK(&events.get() == events.find());
}

TEST_CASE("E1 recorder: a batch fits into 64 bits, or the most that does") {
  auto usual = unpacked(packed(32, 3, 12'500'000));
  CHECK(usual.size == 32);
  CHECK(usual.others_running == 3);
  CHECK(usual.service_ms == doctest::Approx(12.5));
  auto most = unpacked(packed(0xffff'ffff, 1'000, latency_limit_ns));
  CHECK(most.size == 0xff'ffff);
  CHECK(most.others_running == 255);
  CHECK(most.service_ms == doctest::Approx(4'398'046.5));
  CHECK(unpacked(packed(0, 0, 0)).size == 0);
}

TEST_CASE("E1 recorder: of too many batches a sample has an even choice") {
  event_ring first;
  event_ring second_one;
  for (uint64_t i = 0; i < 256; ++i) {
    first.add(packed(i, 0, 0));
    second_one.add(packed(1'000 + i, 0, 0));
  }
  batch_list all;
  all.collect(first);
  all.collect(second_one);
  sample seen;
  all.report(seen);
  REQUIRE(seen.batch_records.size() == batch_records_max);
  for (std::size_t i = 0; i < 128; ++i) {
    CHECK(seen.batch_records[i].size == 2 * i);
    CHECK(seen.batch_records[128 + i].size == 1'000 + 2 * i);
  }
  sample next;
  all.report(next);
  CHECK(next.batch_records.empty());
}

TEST_CASE("E1 recorder: arrivals of all threads are merged") {
  event_queue a;
  event_queue b;
  arrival_list all{5 * second};
  for (uint64_t ms : {1, 4, 900})
    a.add(5 * second + ms * 1'000'000);
  for (uint64_t ms : {2, 3})
    b.add(5 * second + ms * 1'000'000);
  auto seen = closed(all, 6 * second, a, b);
  CHECK(
    seen.arrivals_us
    == std::vector<uint32_t>{1'000, 2'000, 3'000, 4'000, 900'000});
  CHECK(seen.arrivals_until == 1s);
  auto quiet = closed(all, 8 * second, a, b);
  CHECK(quiet.arrivals_us.empty());
  CHECK(quiet.arrivals_until == 2s); // None came, for sure.
}

TEST_CASE("E1 recorder: without any arrival, nothing is known of arrivals") {
  event_queue a;
  arrival_list all{0};
  CHECK(closed(all, second, a).arrivals_until == 0s);
  a.add(second + 1'000);
  auto seen = closed(all, 2 * second, a);
  CHECK(seen.arrivals_us == std::vector<uint32_t>{1});
  CHECK(seen.arrivals_until == 1s);
}

TEST_CASE("E1 recorder: arrivals end where the first thread has no room") {
  event_queue fast;
  event_queue faster;
  event_queue slow;
  arrival_list all{0};
  for (uint64_t i = 1; i <= capacity; ++i) {
    fast.add(i * 20'000);
    faster.add(i * 10'000);
  }
  for (uint64_t ms : {5, 21, 700})
    slow.add(ms * 1'000'000);
  auto seen = closed(all, second, fast, faster, slow);
  CHECK(seen.arrivals_until == capacity * 10us);
  CHECK(seen.arrivals_us.size() == capacity + capacity / 2 + 1);
  CHECK(std::is_sorted(seen.arrivals_us.begin(), seen.arrivals_us.end()));
  CHECK(seen.arrivals_us.back() == capacity * 10);
  slow.add(second + 300'000'000);
  auto next = closed(all, 2 * second, fast, faster, slow);
  CHECK(next.arrivals_us == std::vector<uint32_t>{300'000});
  CHECK(next.arrivals_until == 1s);
}

TEST_CASE("E1 recorder: a sample has the earliest 8192 arrivals") {
  std::array<event_queue, 5> threads;
  arrival_list all{0};
  for (uint64_t i = 0; i < 2'000; ++i)
    for (uint64_t k = 0; k < 5; ++k)
      threads[k].add((5 * i + k) * 1'000);
  auto& [a, b, c, d, e] = threads;
  auto seen = closed(all, second, a, b, c, d, e);
  REQUIRE(seen.arrivals_us.size() == arrivals_max);
  for (uint32_t i = 0; i < arrivals_max; ++i)
    REQUIRE(seen.arrivals_us[i] == i);
  CHECK(seen.arrivals_until == 8'191us);
  CHECK(closed(all, 2 * second, a, b, c, d, e).arrivals_us.empty());
}

TEST_CASE("E1 recorder: an arrival is in the period that its time is in") {
  event_queue a;
  arrival_list all{0};
  a.add(second / 2);
  a.add(second + 7'000); // While the sample is taken.
  auto seen = closed(all, second, a);
  CHECK(seen.arrivals_us == std::vector<uint32_t>{500'000});
  a.add(second - 1); // Its thread was interrupted before it could tell.
  auto next = closed(all, 2 * second, a);
  CHECK(next.arrivals_us == std::vector<uint32_t>{0, 7});
  CHECK(closed(all, 3 * second, a).arrivals_us.empty());
}

TEST_CASE("E1 recorder: arrivals of more than 71 minutes end there") {
  event_queue a;
  arrival_list all{0};
  a.add(second);
  a.add(5'000 * second);
  auto seen = closed(all, 6'000 * second, a);
  CHECK(seen.arrivals_us == std::vector<uint32_t>{1'000'000});
  CHECK(seen.arrivals_until == std::chrono::microseconds{0xffff'ffff});
}
