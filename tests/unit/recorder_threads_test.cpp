#include "actors/monitor/recorder.hpp"

#include <doctest/doctest.h>
#include <pthread.h>

#include <atomic>
#include <latch>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace tuner;

namespace {

// Sanitizers make starting a thread many times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// Adds up what several calls of `take` return.
struct ledger {
  std::map<uint16_t, uint64_t> latencies;
  duration latency_sum{};
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t invalid = 0;
  double offered = 0;
  uint64_t batches = 0;
  uint64_t batched_requests = 0;
  duration busy{};
  uint64_t cache_hits = 0;
  uint64_t cache_misses = 0;

  void add(const sample& x) {
    for (auto& [bucket, count] : x.latencies)
      latencies[bucket] += count;
    latency_sum += x.latency_sum;
    completed += x.completed;
    failed += x.failed;
    invalid += x.invalid;
    offered += x.offered.value;
    batches += x.batches;
    batched_requests += x.batched_requests;
    busy += x.busy;
    cache_hits += x.cache_hits;
    cache_misses += x.cache_misses;
  }
};

void record_in_new_thread(recorder& counts) {
  std::thread{[&] { counts.record_request(1ms, true); }}.join();
}

} // namespace

TEST_CASE("Monitor: nothing is lost or doubled while four threads record") {
  constexpr uint64_t per_thread = 100'000;
  constexpr uint64_t threads = 4;
  recorder counts;
  std::latch start{threads};
  std::atomic<uint64_t> running{threads};
  auto work = [&](uint64_t me) {
    start.arrive_and_wait();
    for (uint64_t i = 0; i < per_thread; ++i) {
      counts.record_arrival();
      counts.record_request(duration{(me + 1) * 1'000'000}, i % 10 != 0);
      counts.record_batch(me + 1, 0, 3us);
      counts.record_cache_access(i, i % 2 == 0);
      if (i % 100 == 0)
        counts.record_request(-1s, true);
    }
    --running;
  };
  std::vector<std::thread> workers;
  for (uint64_t me = 0; me < threads; ++me)
    workers.emplace_back(work, me);
  ledger all;
  while (running > 0)
    all.add(counts.take());
  for (auto& x : workers)
    x.join();
  all.add(counts.take());
  CHECK(all.latencies.size() == threads);
  for (uint64_t me = 0; me < threads; ++me)
    CHECK(
      all.latencies[bucket_of((me + 1) * 1'000'000)] == per_thread / 10 * 9);
  CHECK(all.completed == threads * per_thread / 10 * 9);
  CHECK(all.failed == threads * per_thread / 10);
  CHECK(all.invalid == threads * per_thread / 100);
  CHECK(all.latency_sum == (1 + 2 + 3 + 4) * 1ms * (per_thread / 10 * 9));
  CHECK(all.offered == threads * per_thread);
  CHECK(all.batches == threads * per_thread);
  CHECK(all.batched_requests == (1 + 2 + 3 + 4) * per_thread);
  CHECK(all.busy == threads * per_thread * 3us);
  CHECK(all.cache_hits == threads * per_thread / 2);
  CHECK(all.cache_misses == threads * per_thread / 2);
  CHECK(counts.stripe_count() <= threads);
}

TEST_CASE("Monitor: thousands of short-lived threads need one stripe") {
  constexpr uint64_t threads = sanitized ? 4'000 : 10'000;
  recorder counts;
  ledger all;
  for (uint64_t i = 0; i < threads; ++i) {
    record_in_new_thread(counts);
    if (i % 1'000 == 0)
      all.add(counts.take());
  }
  all.add(counts.take());
  CHECK(all.completed == threads);
  CHECK(all.latency_sum == threads * 1ms);
  CHECK(counts.stripe_count() == 1);
}

TEST_CASE(
  "Monitor: threads that end while others start and take lose nothing") {
  constexpr uint64_t per_starter = sanitized ? 25 : 250;
  recorder counts;
  std::atomic<int> running{4};
  std::vector<std::thread> starters;
  for (int i = 0; i < 4; ++i)
    starters.emplace_back([&] {
      for (uint64_t n = 0; n < per_starter; ++n)
        record_in_new_thread(counts);
      --running;
    });
  ledger all;
  while (running > 0) {
    all.add(counts.take());
    std::this_thread::yield(); // Else it takes the lock from all others.
  }
  for (auto& x : starters)
    x.join();
  all.add(counts.take());
  CHECK(all.completed == 4 * per_starter);
  CHECK(counts.stripe_count() <= 4);
}

TEST_CASE("Monitor: a thread may record while it is being torn down") {
  // Thread-local objects are destroyed in the reverse order of construction:
  // `late` goes after anything that the recorder's first call might create.
  struct last_words {
    recorder* counts = nullptr;
    ~last_words() { counts->record_request(2ms, true); }
  };
  recorder counts;
  for (int i = 0; i < 50; ++i)
    std::thread{[&] {
      static thread_local last_words late;
      late.counts = &counts;
      counts.record_request(1ms, true);
    }}.join();
  auto seen = counts.take();
  CHECK(seen.completed == 100);
  CHECK(seen.latency_sum == 150ms);
  CHECK(counts.stripe_count() == 1);
}

TEST_CASE("Monitor: after its end a thread writes to nobody else's stripe") {
  static recorder counts;
  static std::size_t stripes = 0;
  // Runs when the recorder has already taken back the ending thread's stripe:
  // its key is older. By then another thread writes to that stripe.
  auto record_at_last = [](void*) {
    std::latch recorded{1};
    std::latch checked{1};
    std::thread heir{[&] {
      counts.record_request(2ms, true);
      recorded.count_down();
      checked.wait();
    }};
    recorded.wait();
    counts.record_request(3ms, true);
    stripes = counts.stripe_count();
    checked.count_down();
    heir.join();
  };
  pthread_key_t hook{};
  REQUIRE(pthread_key_create(&hook, record_at_last) == 0);
  for (int i = 0; i < 50; ++i)
    std::thread{[&] {
      counts.record_request(1ms, true);
      pthread_setspecific(hook, &counts);
    }}.join();
  pthread_key_delete(hook);
  CHECK(stripes == 2);
  CHECK(counts.stripe_count() == 2); // All were given back.
  CHECK(counts.take().latency_sum == 50 * (1ms + 2ms + 3ms));
}

TEST_CASE("Monitor: recorders in one process are kept apart") {
  // More than a thread has shortcuts for, so that they push each other out.
  std::vector<std::unique_ptr<recorder>> many(100);
  for (auto& x : many)
    x = std::make_unique<recorder>();
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < many.size(); ++i)
      for (std::size_t n = 0; n <= i; ++n)
        many[i]->record_request(1ms, true);
  for (std::size_t i = 0; i < many.size(); ++i) {
    CHECK(many[i]->take().completed == 3 * (i + 1));
    CHECK(many[i]->stripe_count() == 1);
  }
}

TEST_CASE("Monitor: a recorder in the place of a dead one inherits nothing") {
  std::optional<recorder> place;
  for (int i = 0; i < 1'000; ++i) {
    place.emplace();
    place->record_request(1ms, true);
    auto seen = place->take();
    REQUIRE(seen.completed == 1);
    REQUIRE(place->stripe_count() == 1);
  }
}

TEST_CASE("Monitor: threads outlive recorders and record into the next") {
  constexpr int rounds = 200;
  std::optional<recorder> place;
  std::vector<std::thread> workers;
  std::atomic<int> opened{0};
  std::atomic<int> done{0};
  for (int i = 0; i < 2; ++i)
    workers.emplace_back([&] {
      for (int round = 1; round <= rounds; ++round) {
        for (auto seen = opened.load(); seen < round; seen = opened.load())
          opened.wait(seen);
        place->record_request(1ms, true);
        ++done;
        done.notify_one();
      }
    });
  for (int round = 1; round <= rounds; ++round) {
    place.emplace();
    opened = round;
    opened.notify_all();
    for (auto seen = done.load(); seen < 2 * round; seen = done.load())
      done.wait(seen);
    CHECK(place->take().completed == 2);
  }
  for (auto& x : workers)
    x.join();
}

TEST_CASE("Monitor: a recorder may die before, while or after a thread ends") {
  for (int i = 0; i < 500; ++i) {
    auto counts = std::make_unique<recorder>();
    std::latch recorded{1};
    std::thread worker{[&] {
      counts->record_request(1ms, true);
      recorded.count_down();
    }};
    recorded.wait();
    counts.reset();
    worker.join();
  }
}
