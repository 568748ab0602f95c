// Whether a worker is asleep when something happens is up to the scheduler, so
// these tests try often. A wake-up that is missing makes them hang.

#include "app/example_host/batcher.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <vector>

using namespace tuner::example;
using std::chrono::hours;

namespace {

void submit(batcher& x, size_t count) {
  for (uint64_t key = 0; key < count; ++key)
    REQUIRE(x.submit({key, {}}));
}

/// Gives workers that have nothing to do the time to fall asleep.
void let_others_run() {
  for (auto i = 0; i < 20; ++i)
    std::this_thread::yield();
}

void wait_for(const std::atomic<size_t>& served, size_t wanted) {
  for (auto seen = served.load(); seen < wanted; seen = served.load())
    served.wait(seen);
}

} // namespace

TEST_CASE("E1 example host: a new timeout or batch size wakes a worker that "
          "waits for the old one") {
  std::atomic<size_t> served = 0;
  batcher x{{1, 100, 50, hours{1}}, [&](batch_place, auto batch) {
              served += batch.size();
              served.notify_all();
            }};
  for (size_t round = 1; round <= 500; ++round) {
    x.set_timeout(hours{1});
    x.set_batch_size(50);
    submit(x, 3);
    let_others_run();
    if (round % 2 == 0)
      x.set_timeout({});
    else
      x.set_batch_size(3);
    wait_for(served, round * 3);
  }
}

TEST_CASE("E1 example host: no full batch waits for a busy worker while "
          "another is idle") {
  constexpr size_t workers = 3;
  constexpr size_t size = 2;
  std::atomic<size_t> taken = 0;
  // Each batch of a round is busy until the others of that round run, too.
  batcher x{{workers, 100, size, hours{1}}, [&](batch_place, auto batch) {
              auto round = taken.fetch_add(batch.size()) / (workers * size);
              taken.notify_all();
              wait_for(taken, (round + 1) * workers * size);
            }};
  for (size_t round = 1; round <= 500; ++round) {
    submit(x, workers * size);
    wait_for(taken, round * workers * size);
    let_others_run();
  }
}

TEST_CASE("E1 example host: a worker alone never has others beside it") {
  std::atomic<size_t> others = 0;
  batcher x{{1, 100, 1, {}}, [&](batch_place place, auto) {
              others += place.others_running;
            }};
  submit(x, 5);
  x.stop();
  CHECK(others == 0);
}
