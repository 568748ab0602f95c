#pragma once

#include "app/example_host/random.hpp"
#include "app/example_host/request.hpp"
#include "app/example_host/schedule.hpp"
#include "app/example_host/zipf.hpp"
#include "config/config.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace tuner::example {

/// Sends requests at scheduled times from one thread, never waiting for an
/// answer.
///
/// A request carries the time it was due. If the thread wakes late or falls
/// behind it sends everything overdue at once and keeps the due times, so that
/// a stall shows in the latency of all requests that it would have hurt, rather
/// than thinning them out ("coordinated omission").
class load_generator {
public:
  /// Takes one request; called from the generator's thread, must not block.
  using sink = std::function<void(const request&)>;

  /// @throws what `make_schedule` throws.
  load_generator(const load_config& load, sink send);

  /// Stops.
  ~load_generator();

  load_generator(const load_generator&) = delete;
  load_generator& operator=(const load_generator&) = delete;

  /// Begins to send; the schedule starts now. Once only, further calls and
  /// calls after `stop` do nothing.
  void start();

  /// Sends nothing more after it returns, at once. May be called repeatedly.
  void stop();

private:
  void run();
  bool wait_until(moment due);

  std::unique_ptr<schedule> schedule_;
  zipf keys_;
  random_source random_;
  sink send_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool started_ = false;
  bool stopping_ = false;
  std::mutex stop_mutex_; ///< So that every `stop` returns after the join.
  std::thread thread_;
};

} // namespace tuner::example
