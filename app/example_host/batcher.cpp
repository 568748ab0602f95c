#include "app/example_host/batcher.hpp"

#include <algorithm>

namespace tuner::example {

namespace {

/// Longer waits are as good as forever, and deadlines must not overflow.
constexpr duration timeout_max = std::chrono::hours{24};

duration bounded(duration timeout) {
  return std::clamp(timeout, duration{0}, timeout_max);
}

} // namespace

batcher::batcher(const batcher_params& params, handler serve)
  : queue_limit_(params.queue_limit), stop_batch_size_(params.stop_batch_size),
    serve_(std::move(serve)),
    batch_size_(std::max<size_t>(params.batch_size, 1)),
    timeout_(bounded(params.timeout)) {
  for (size_t i = 0; i < std::max<size_t>(params.workers, 1); ++i)
    workers_.emplace_back([this, i] { work(i); });
}

batcher::~batcher() {
  stop();
}

bool batcher::submit(const request& x) {
  auto now = std::chrono::steady_clock::now();
  auto wakes = false;
  {
    std::lock_guard lock{mutex_};
    if (stopping_ || queue_.size() >= queue_limit_)
      return false;
    queue_.push_back({x, now});
    // The first request sets a deadline, the last one fills a batch; those
    // between change nothing for a sleeping worker.
    wakes = queue_.size() == 1 || queue_.size() == batch_size_;
  }
  if (wakes)
    wake_.notify_one();
  return true;
}

void batcher::set_batch_size(size_t size) {
  {
    std::lock_guard lock{mutex_};
    batch_size_ = std::max<size_t>(size, 1);
  }
  wake_.notify_all();
}

void batcher::set_timeout(duration timeout) {
  {
    std::lock_guard lock{mutex_};
    timeout_ = bounded(timeout);
  }
  wake_.notify_all();
}

size_t batcher::batch_size() const {
  std::lock_guard lock{mutex_};
  return batch_size_;
}

duration batcher::timeout() const {
  std::lock_guard lock{mutex_};
  return timeout_;
}

size_t batcher::queue_length() const {
  std::lock_guard lock{mutex_};
  return queue_.size();
}

void batcher::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  std::lock_guard lock{stop_mutex_};
  for (auto& worker : workers_)
    worker.join();
  workers_.clear();
}

bool batcher::ready(moment now) const {
  return stopping_ || queue_.size() >= batch_size_
    || now >= queue_.front().since + timeout_;
}

size_t batcher::take(std::vector<request>& batch) {
  // Nobody waits for a full batch any more, only for the end.
  auto size = stopping_ ? std::max(batch_size_, stop_batch_size_) : batch_size_;
  auto n = std::min(queue_.size(), size);
  batch.clear();
  for (size_t i = 0; i < n; ++i) {
    batch.push_back(queue_.front().what);
    queue_.pop_front();
  }
  // What is left has a deadline that no sleeping worker may know of.
  if (!queue_.empty())
    wake_.notify_one();
  return running_++;
}

void batcher::work(size_t worker) {
  std::vector<request> batch;
  std::unique_lock lock{mutex_};
  while (!stopping_ || !queue_.empty()) {
    if (queue_.empty()) {
      wake_.wait(lock);
    } else if (!ready(std::chrono::steady_clock::now())) {
      wake_.wait_until(lock, queue_.front().since + timeout_);
    } else {
      auto others = take(batch);
      lock.unlock();
      serve_({worker, others}, batch);
      lock.lock();
      --running_;
    }
  }
}

} // namespace tuner::example
