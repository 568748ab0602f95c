#include "app/commands/signals.hpp"

#include <algorithm>
#include <cstdint>

namespace tuner {

awaited_signals::awaited_signals() {
  sigemptyset(&set_);
  sigaddset(&set_, SIGINT);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int awaited_signals::wait_until(
  std::chrono::steady_clock::time_point until) const {
  auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
    until - std::chrono::steady_clock::now());
  auto ns = std::max<int64_t>(left.count(), 0);
  timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
  return std::max(sigtimedwait(&set_, nullptr, &timeout), 0);
}

} // namespace tuner
