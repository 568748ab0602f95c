#include "app/commands/signals.hpp"

#include <algorithm>
#include <cerrno>
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
  while (true) {
    auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
      until - std::chrono::steady_clock::now());
    auto ns = std::max<int64_t>(left.count(), 0);
    timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
    auto came = sigtimedwait(&set_, nullptr, &timeout);
    if (came >= 0 || errno != EINTR) // Stopped and continued is none of ours.
      return std::max(came, 0);
  }
}

} // namespace tuner
