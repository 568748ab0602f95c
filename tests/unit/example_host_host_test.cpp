#include "app/example_host/engine.hpp"
#include "app/example_host/host.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <thread>

using namespace tuner;
using namespace tuner::example;
using namespace std::chrono_literals;

namespace {

/// Answers with the input.
struct mirror : model {
  void run(size_t, std::span<const float> in, std::span<float> out) override {
    std::copy(in.begin(), in.end(), out.begin());
  }
  size_t bytes() const override { return 1 << 20; }
};

struct tally : observer {
  std::atomic<uint64_t> arrived = 0;
  std::atomic<uint64_t> completed = 0;
  std::atomic<uint64_t> failed = 0;
  std::atomic<uint64_t> batched = 0;

  void on_arrival() override { ++arrived; }
  void on_request(duration, bool ok) override { ++(ok ? completed : failed); }
  void on_batch(const batch_report& x) override { batched += x.size; }
};

request due_now(uint64_t key) {
  return {key, std::chrono::steady_clock::now()};
}

example_host_config two_workers() {
  example_host_config result;
  result.workers = 2;
  return result;
}

} // namespace

TEST_CASE("E1 example host: no request is lost, while all knobs move") {
  tally seen;
  example::host served{
    two_workers(), {8, 1, 1}, {&seen}, std::make_unique<mirror>()};
  std::vector<std::thread> clients;
  for (uint64_t c = 0; c < 2; ++c)
    clients.emplace_back([&, c] {
      random_source random{c};
      for (int i = 0; i < 5000; ++i)
        served.submit(due_now(random.bits() % 3000));
    });
  for (int i = 0; i < 200; ++i) {
    served.set_batch_size(1 + i % 32);
    served.set_batch_timeout_ms(0.1 * (i % 10));
    served.set_cache_size_mb(i % 3);
  }
  for (auto& x : clients)
    x.join();
  served.submit(due_now(1));
  served.stop();
  served.submit(due_now(1'000'000)); // Too late: fails, but is counted.
  auto totals = served.totals();
  CHECK(totals.arrived == 10'002);
  CHECK(totals.completed + totals.failed == totals.arrived);
  CHECK(totals.failed >= 1);
  CHECK(totals.completed == totals.hits + totals.items);
  CHECK(seen.arrived == totals.arrived);
  CHECK(seen.completed == totals.completed);
  CHECK(seen.failed == totals.failed);
  CHECK(seen.batched == totals.items);
}

TEST_CASE(
  "E1 example host: a configured load is served and all accounted for") {
  tally seen;
  auto c = two_workers();
  c.load.rate_rps = 5000;
  example::host served{c, {16, 1, 4}, {&seen}, std::make_unique<mirror>()};
  served.start();
  while (seen.completed < 500)
    std::this_thread::yield();
  served.stop();
  auto totals = served.totals();
  CHECK(totals.completed + totals.failed == totals.arrived);
  CHECK(totals.hits > 0);
}

TEST_CASE("E1 example host: memory follows the cache size") {
  example::host served{
    two_workers(), {1, 0, 4}, {}, std::make_unique<mirror>()};
  for (uint64_t key = 0; key < 2000; ++key)
    served.submit(due_now(key));
  while (served.totals().completed < 2000)
    std::this_thread::yield();
  auto full = served.memory_used_mb();
  CHECK(full > 1.5);
  served.set_cache_size_mb(1);
  CHECK(served.memory_used_mb() < full);
  CHECK(served.memory_used_mb() <= 2.01); // The model takes the other one.
  CHECK(served.settings().cache_size_mb == 1);
}

TEST_CASE("E1 example host: knobs ignore what is not a number") {
  example::host served{
    two_workers(), {32, 50, 64}, {}, std::make_unique<mirror>()};
  served.set_batch_size(std::nan(""));
  served.set_batch_timeout_ms(std::nan(""));
  served.set_cache_size_mb(std::nan(""));
  CHECK(served.settings().batch_size == 32);
  CHECK(served.settings().batch_timeout_ms == 50);
  CHECK(served.settings().cache_size_mb == 64);
}

TEST_CASE("E1 example host: the model's answer depends on the input alone") {
  engine real{1};
  std::vector<float> in(9 * row_width);
  for (size_t i = 0; i < 9; ++i)
    make_input(i, std::span{in}.subspan(i * row_width, row_width));
  std::vector<float> together(in.size());
  real.run(0, in, together);
  double size = 0;
  for (size_t i = 0; i < 9; ++i) {
    std::vector<float> alone(row_width);
    real.run(0, std::span{in}.subspan(i * row_width, row_width), alone);
    for (size_t k = 0; k < row_width; ++k) {
      REQUIRE(
        alone[k] == doctest::Approx(together[i * row_width + k]).epsilon(1e-3));
      size += std::abs(static_cast<double>(alone[k]));
    }
  }
  CHECK(size > 0);
}
