#include "app/example_host/batcher.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <set>

using namespace tuner::example;
using std::chrono::hours;
using keys = std::vector<uint64_t>;

namespace {

/// Remembers batches, and lets a test wait for them.
class batch_log {
public:
  batcher::handler writer() {
    return [this](batch_place, std::span<const request> batch) { add(batch); };
  }

  void wait_for(size_t requests) {
    std::unique_lock lock{mutex_};
    grew_.wait(lock, [&] { return served_.size() >= requests; });
  }

  std::vector<size_t> sizes() {
    std::lock_guard lock{mutex_};
    return sizes_;
  }

  keys served() {
    std::lock_guard lock{mutex_};
    return served_;
  }

private:
  void add(std::span<const request> batch) {
    std::lock_guard lock{mutex_};
    sizes_.push_back(batch.size());
    for (auto& x : batch)
      served_.push_back(x.key);
    grew_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable grew_;
  std::vector<size_t> sizes_;
  keys served_;
};

size_t submit(batcher& x, uint64_t first, uint64_t count) {
  size_t accepted = 0;
  for (uint64_t key = first; key < first + count; ++key)
    accepted += x.submit({key, {}}) ? 1 : 0;
  return accepted;
}

using sizes = std::vector<size_t>;

} // namespace

TEST_CASE("E1 example host: the batcher forms batches of the asked size in the "
          "order of arrival") {
  batch_log log;
  batcher x{{1, 100, 4, hours{1}}, log.writer()};
  CHECK(submit(x, 1, 15) == 15);
  log.wait_for(12);
  CHECK(log.sizes() == sizes{4, 4, 4});
  CHECK(log.served() == keys{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  CHECK(x.queue_length() == 3);
  submit(x, 16, 1);
  log.wait_for(16);
  CHECK(log.sizes() == sizes{4, 4, 4, 4});
}

TEST_CASE("E1 example host: a batcher with timeout 0 sends at once") {
  batch_log log;
  batcher x{{2, 100, 1000, {}}, log.writer()};
  for (uint64_t key = 1; key <= 20; ++key) {
    submit(x, key, 1);
    log.wait_for(key);
  }
  CHECK(log.sizes() == sizes(20, 1));
}

TEST_CASE("E1 example host: a batch starts short of its size when the timeout "
          "is over") {
  batch_log log;
  batcher x{{1, 100, 1000, std::chrono::milliseconds{1}}, log.writer()};
  submit(x, 1, 3);
  log.wait_for(3);
  CHECK(log.served() == keys{1, 2, 3});
}

TEST_CASE("E1 example host: a smaller batch size counts for requests that "
          "already wait") {
  batch_log log;
  batcher x{{1, 100, 50, hours{1}}, log.writer()};
  submit(x, 1, 11);
  CHECK(x.queue_length() == 11);
  x.set_batch_size(5);
  log.wait_for(10);
  CHECK(log.sizes() == sizes{5, 5});
  CHECK(x.queue_length() == 1);
}

TEST_CASE("E1 example host: a shorter timeout counts for requests that already "
          "wait") {
  batch_log log;
  batcher x{{2, 100, 50, hours{1}}, log.writer()};
  submit(x, 1, 7);
  CHECK(x.queue_length() == 7);
  x.set_timeout({});
  log.wait_for(7);
  CHECK(log.sizes() == sizes{7});
}

TEST_CASE("E1 example host: a batcher refuses requests beyond its queue "
          "limit") {
  batch_log log;
  batcher x{{1, 5, 50, hours{1}}, log.writer()};
  CHECK(submit(x, 1, 8) == 5);
  CHECK(x.queue_length() == 5);
  x.set_batch_size(5);
  log.wait_for(5);
  CHECK(submit(x, 9, 1) == 1);
  x.stop();
  CHECK(log.served() == keys{1, 2, 3, 4, 5, 9});
}

TEST_CASE("E1 example host: a batcher without room in its queue refuses "
          "everything") {
  batch_log log;
  batcher x{{1, 0, 1, {}}, log.writer()};
  CHECK(submit(x, 1, 3) == 0);
}

TEST_CASE("E1 example host: a batcher that stops serves what waits and refuses "
          "the rest") {
  batch_log log;
  batcher x{{2, 100, 4, hours{1}}, log.writer()};
  submit(x, 1, 11);
  x.stop();
  CHECK(log.served().size() == 11);
  CHECK(x.queue_length() == 0);
  CHECK_FALSE(x.submit({12, {}}));
  x.stop();
  CHECK(log.served().size() == 11);
}

TEST_CASE("E1 example host: a batcher that stops serves large batches, "
          "whatever its batch size is") {
  batch_log log;
  std::latch begin{1};
  batcher x{
    {1, 10'000'000, 1, {}, 128},
    [&](batch_place place, std::span<const request> b) {
      begin.wait();
      log.writer()(place, b);
    }};
  submit(x, 1, 1);
  while (x.queue_length() > 0)
    std::this_thread::yield();
  submit(x, 2, 256);
  std::thread stopping{[&] { x.stop(); }};
  while (x.submit({300, {}})) // Until it knows that it is to stop.
    std::this_thread::yield();
  begin.count_down();
  stopping.join();
  auto seen = log.sizes();
  CHECK(seen.size() == 1 + (log.served().size() - 1 + 127) / 128);
  CHECK(seen[1] == 128);
}

TEST_CASE("E1 example host: a batcher serves every accepted request once, "
          "whatever its settings do and whenever it stops") {
  batch_log log;
  std::atomic<size_t> accepted = 0;
  std::latch begin{4};
  batcher x{{2, 50, 8, std::chrono::microseconds{100}}, log.writer()};
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < 3; ++i)
    threads.emplace_back([&, i] {
      begin.arrive_and_wait();
      for (auto key = i * 1'000'000; accepted < 3000; ++key)
        if (x.submit({key, {}}))
          ++accepted;
        else
          std::this_thread::yield();
    });
  begin.arrive_and_wait();
  for (size_t i = 0; accepted < 3000; ++i) {
    x.set_batch_size(i % 20);
    x.set_timeout(std::chrono::microseconds{i % 3 * 50});
  }
  x.stop();
  for (auto& thread : threads)
    thread.join();
  auto served = log.served();
  CHECK(served.size() == accepted);
  CHECK(std::set(served.begin(), served.end()).size() == served.size());
}

TEST_CASE("E1 example host: workers run batches side by side and learn how "
          "many others do") {
  std::mutex mutex;
  std::set<size_t> workers;
  std::set<size_t> others;
  std::latch all_inside{3};
  batcher x{
    {3, 100, 1, hours{1}, 1}, [&](batch_place place, std::span<const request>) {
      {
        std::lock_guard lock{mutex};
        workers.insert(place.worker);
        others.insert(place.others_running);
      }
      all_inside.arrive_and_wait();
    }};
  submit(x, 1, 3);
  x.stop();
  CHECK(workers == std::set<size_t>{0, 1, 2});
  CHECK(others == std::set<size_t>{0, 1, 2});
}

TEST_CASE("E1 example host: a batcher replaces settings out of range by the "
          "nearest allowed ones") {
  batch_log log;
  batcher x{{0, 100, 0, -hours{1}}, log.writer()};
  CHECK(x.batch_size() == 1);
  CHECK(x.timeout() == tuner::duration{0});
  x.set_batch_size(0);
  CHECK(x.batch_size() == 1);
  x.set_timeout(tuner::duration::max());
  submit(x, 1, 1);
  log.wait_for(1);
  x.set_batch_size(2);
  submit(x, 2, 1);
  CHECK(x.queue_length() == 1);
  x.set_timeout(tuner::duration::min());
  log.wait_for(2);
}
