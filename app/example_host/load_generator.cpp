#include "app/example_host/load_generator.hpp"

namespace tuner::example {

load_generator::load_generator(const load_config& load, sink send)
  : schedule_(make_schedule(load)), keys_(load.keys, load.zipf),
    random_(scramble(load.seed) + 1), send_(std::move(send)) {}

load_generator::~load_generator() {
  stop();
}

void load_generator::start() {
  std::lock_guard lock{mutex_};
  if (!stopping_ && !started_) {
    started_ = true;
    thread_ = std::thread{[this] { run(); }};
  }
}

void load_generator::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  std::lock_guard lock{stop_mutex_};
  if (thread_.joinable())
    thread_.join();
}

void load_generator::run() {
  auto start = std::chrono::steady_clock::now();
  while (auto at = schedule_->next()) {
    auto due = start + *at;
    if (!wait_until(due))
      return;
    send_({keys_.draw(random_), due});
  }
}

bool load_generator::wait_until(moment due) {
  std::unique_lock lock{mutex_};
  if (std::chrono::steady_clock::now() < due)
    wake_.wait_until(lock, due, [this] { return stopping_; });
  return !stopping_;
}

} // namespace tuner::example
