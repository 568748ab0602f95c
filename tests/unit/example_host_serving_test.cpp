#include "app/example_host/host.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace tuner;
using namespace tuner::example;

namespace {

constexpr size_t fake_bytes = 3 << 20;

/// Answers each number with its double, or never.
struct fake_model : model {
  explicit fake_model(bool broken) : fails(broken) {}

  void run(size_t, std::span<const float> in, std::span<float> out) override {
    if (fails)
      throw std::runtime_error{"out of order"};
    for (size_t i = 0; i < in.size(); ++i)
      out[i] = 2 * in[i];
  }

  size_t bytes() const override { return fake_bytes; }

  const bool fails;
};

/// Counts, and lets a test wait for answers.
class counter : public observer {
public:
  void on_arrival() override { ++totals_.arrived; }

  void on_request(duration latency, bool ok) override {
    std::lock_guard lock{mutex_};
    ++(ok ? totals_.completed : totals_.failed);
    last_latency_ = latency;
    done_.notify_all();
  }

  void on_batch(const batch_report& x) override {
    std::lock_guard lock{mutex_};
    ++totals_.batches;
    totals_.items += x.size;
  }

  void on_cache_access(uint64_t, bool hit) override {
    std::lock_guard lock{mutex_};
    totals_.hits += hit ? 1 : 0;
  }

  void wait_for(uint64_t answers) {
    std::unique_lock lock{mutex_};
    done_.wait(
      lock, [&] { return totals_.completed + totals_.failed >= answers; });
  }

  host_totals totals() {
    std::lock_guard lock{mutex_};
    return {totals_.arrived, totals_.completed, totals_.failed,
            totals_.hits,    totals_.batches,   totals_.items};
  }

  duration last_latency() {
    std::lock_guard lock{mutex_};
    return last_latency_;
  }

private:
  struct {
    std::atomic<uint64_t> arrived = 0;
    uint64_t completed = 0, failed = 0, hits = 0, batches = 0, items = 0;
  } totals_;
  std::mutex mutex_;
  std::condition_variable done_;
  duration last_latency_{0};
};

/// A host with a fake model, and who watches it.
struct fixture {
  explicit fixture(
    const host_settings& initial, example_host_config config = {},
    bool fails = false)
    : x(config, initial, {&seen}, std::make_unique<fake_model>(fails)) {}

  void submit(uint64_t key) {
    x.submit({key, std::chrono::steady_clock::now()});
  }

  counter seen;
  host x;
};

void check_adds_up(const host_totals& a, const host_totals& b) {
  CHECK(a.arrived == a.completed + a.failed);
  CHECK(a.arrived == b.arrived);
  CHECK(a.completed == b.completed);
  CHECK(a.failed == b.failed);
  CHECK(a.hits == b.hits);
  CHECK(a.batches == b.batches);
  CHECK(a.items == b.items);
}

example_host_config busy() {
  example_host_config result;
  result.workers = 2;
  result.queue_limit = 200;
  result.load.rate_rps = 20'000;
  result.load.keys = 5000;
  return result;
}

} // namespace

TEST_CASE("E1 example host: every request that arrived is completed or failed "
          "once the host stopped") {
  fixture f{{16, 1, 2}, busy()};
  f.x.start();
  f.seen.wait_for(3000);
  f.x.stop();
  auto totals = f.x.totals();
  check_adds_up(totals, f.seen.totals());
  CHECK(totals.arrived >= 3000);
  CHECK(totals.completed == totals.hits + totals.items);
  CHECK(totals.hits > 0);
  CHECK(totals.batches > 0);
  CHECK(f.x.queue_length() == 0);
}

TEST_CASE("E1 example host: nothing is lost while all three knobs change from "
          "another thread") {
  fixture f{{16, 1, 2}, busy()};
  f.x.start();
  std::latch turned{1};
  std::jthread knobs{[&](std::stop_token stop) {
    for (auto i = 0; !stop.stop_requested(); ++i) {
      f.x.set_batch_size(i % 40);
      f.x.set_batch_timeout_ms(i % 5 * 0.3);
      f.x.set_cache_size_mb(i % 4);
      if (i == 100)
        turned.count_down();
      std::this_thread::yield();
    }
  }};
  turned.wait();
  f.seen.wait_for(5000);
  f.x.stop();
  knobs.request_stop();
  knobs.join();
  auto totals = f.x.totals();
  check_adds_up(totals, f.seen.totals());
  CHECK(totals.completed == totals.hits + totals.items);
}

TEST_CASE("E1 example host: a host that stops answers what waits for a batch") {
  fixture f{{1000, 1e6, 2}};
  for (uint64_t key = 0; key < 25; ++key)
    f.submit(key);
  CHECK(f.x.queue_length() == 25);
  CHECK(f.x.totals().completed == 0);
  f.x.stop();
  CHECK(f.x.totals().completed == 25);
  f.submit(100);
  CHECK(f.x.totals().failed == 1);
  check_adds_up(f.x.totals(), f.seen.totals());
  f.x.stop();
}

TEST_CASE("E1 example host: a second request for a key is answered from the "
          "cache") {
  fixture f{{1, 0, 2}};
  f.submit(7);
  f.seen.wait_for(1);
  f.submit(7);
  f.x.stop();
  CHECK(f.x.totals().hits == 1);
  CHECK(f.x.totals().items == 1);
  CHECK(f.x.totals().completed == 2);
}

TEST_CASE("E1 example host: requests fail beyond the queue limit") {
  example_host_config config;
  config.queue_limit = 10;
  fixture f{{1000, 1e6, 0}, config};
  for (uint64_t key = 0; key < 15; ++key)
    f.submit(key);
  CHECK(f.x.totals().failed == 5);
  f.x.stop();
  CHECK(f.x.totals().completed == 10);
  check_adds_up(f.x.totals(), f.seen.totals());
}

TEST_CASE("E1 example host: requests fail, and are not cached, when the model "
          "does") {
  fixture f{{1, 0, 2}, {}, true};
  f.submit(1);
  f.seen.wait_for(1);
  f.submit(1);
  f.x.stop();
  CHECK(f.x.totals().failed == 2);
  CHECK(f.x.totals().hits == 0);
  check_adds_up(f.x.totals(), f.seen.totals());
}

TEST_CASE("E1 example host: latency counts from when a request was due") {
  fixture f{{1, 0, 0}};
  f.x.submit({1, std::chrono::steady_clock::now() - std::chrono::hours{1}});
  f.x.stop();
  CHECK(f.seen.last_latency() >= std::chrono::hours{1});
}

TEST_CASE("E1 example host: memory goes down when the cache shrinks") {
  example_host_config config;
  config.memory_limit_mb = 12;
  fixture f{{100, 0, 8}, config};
  CHECK(f.x.memory_used_mb() == doctest::Approx(3));
  for (uint64_t key = 0; key < 6000; ++key)
    f.submit(key);
  f.seen.wait_for(6000);
  auto full = f.x.memory_used_mb();
  CHECK(full > 9);
  CHECK(full <= 11);
  CHECK(f.x.memory_used_ratio() == doctest::Approx(full / 12));
  f.x.set_cache_size_mb(2);
  CHECK(f.x.memory_used_mb() <= 5);
  CHECK(f.x.memory_used_mb() > 4.9);
  f.x.set_cache_size_mb(0);
  CHECK(f.x.memory_used_mb() == doctest::Approx(3));
}
