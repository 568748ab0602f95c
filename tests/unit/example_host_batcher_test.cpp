#include "app/example_host/batcher.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>

using namespace tuner::example;
using namespace std::chrono_literals;

namespace {

request now(uint64_t key) {
  return {key, std::chrono::steady_clock::now()};
}

/// Notes the sizes of the batches and lets a test wait for requests.
struct counted {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<size_t> sizes;
  size_t served = 0;

  batcher::handler handler() {
    return [this](batch_place, std::span<const request> batch) {
      std::lock_guard lock{mutex};
      sizes.push_back(batch.size());
      served += batch.size();
      changed.notify_all();
    };
  }
  void wait_for(size_t n) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return served >= n; });
  }
};

} // namespace

TEST_CASE("E1 example host: a batch starts when enough requests wait") {
  counted seen;
  batcher b{{1, 1000, 4, 1h}, seen.handler()};
  for (uint64_t i = 0; i < 4; ++i)
    CHECK(b.submit(now(i)));
  seen.wait_for(4);
  CHECK(seen.sizes == std::vector<size_t>{4});
}

TEST_CASE("E1 example host: a batch starts when the oldest has waited enough") {
  counted seen;
  batcher b{{1, 1000, 100, 1ms}, seen.handler()};
  b.submit(now(1));
  seen.wait_for(1);
  b.set_timeout(0ms);
  b.submit(now(2));
  seen.wait_for(2);
}

TEST_CASE("E1 example host: both knobs count for requests that already wait") {
  counted seen;
  batcher b{{1, 1000, 100, 1h}, seen.handler()};
  for (uint64_t i = 0; i < 6; ++i)
    b.submit(now(i));
  CHECK(b.queue_length() == 6);
  b.set_batch_size(3);
  seen.wait_for(6);
  CHECK(seen.sizes == std::vector<size_t>{3, 3});
  b.submit(now(7));
  b.set_timeout(100us);
  seen.wait_for(7);
}

TEST_CASE("E1 example host: a full queue refuses, and stop serves what waits") {
  counted seen;
  batcher b{{2, 10, 100, 1h}, seen.handler()};
  size_t accepted = 0;
  for (uint64_t i = 0; i < 25; ++i)
    accepted += b.submit(now(i));
  CHECK(accepted == 10);
  b.stop();
  b.stop();
  CHECK(seen.served == 10);
  CHECK_FALSE(b.submit(now(99)));
}
