#pragma once

#include "app/example_host/request.hpp"
#include "messages/time.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace tuner::example {

/// What a batcher starts with.
struct batcher_params {
  size_t workers = 1;          ///< Threads; 0 counts as 1.
  size_t queue_limit = 20'000; ///< Requests beyond it are refused.
  size_t batch_size = 32;      ///< At least 1.
  duration timeout = std::chrono::milliseconds{50}; ///< At least 0.
  size_t stop_batch_size = 128; ///< While it stops: what serves most a second.
};

/// Who runs a batch, and beside how many.
struct batch_place {
  size_t worker = 0;         ///< Index of the worker.
  size_t others_running = 0; ///< Other workers inside a batch when it began.
};

/// Gathers requests into batches for a few workers.
///
/// A batch starts when a worker is free and either `batch_size` requests wait
/// or the oldest has waited `timeout`; it takes the oldest `batch_size`. Both
/// can be changed at any time and count for requests that already wait.
class batcher {
public:
  /// Serves one batch, on a worker's thread; must not throw.
  using handler = std::function<void(batch_place, std::span<const request>)>;

  /// Starts the workers.
  batcher(const batcher_params& params, handler serve);

  /// Stops.
  ~batcher();

  batcher(const batcher&) = delete;
  batcher& operator=(const batcher&) = delete;

  /// Queues `x`. @returns false if it is refused: the queue is full or the
  /// batcher stopped.
  bool submit(const request& x);

  /// @param size at least 1; 0 counts as 1.
  void set_batch_size(size_t size);

  /// @param timeout below 0 counts as 0.
  void set_timeout(duration timeout);

  size_t batch_size() const;
  duration timeout() const;

  /// @returns requests waiting for a worker.
  size_t queue_length() const;

  /// Refuses further requests, serves those that wait in batches of up to
  /// `stop_batch_size`, and returns when the last is done. May be called
  /// repeatedly.
  void stop();

private:
  struct waiting {
    request what;
    moment since;
  };

  void work(size_t worker);
  bool ready(moment now) const;
  size_t take(std::vector<request>& batch);

  const size_t queue_limit_;
  const size_t stop_batch_size_;
  const handler serve_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<waiting> queue_;
  size_t batch_size_;
  duration timeout_;
  size_t running_ = 0;
  bool stopping_ = false;
  std::mutex stop_mutex_; ///< So that every `stop` returns after the join.
  std::vector<std::thread> workers_;
};

} // namespace tuner::example
