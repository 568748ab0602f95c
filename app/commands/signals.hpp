#pragma once

#include <chrono>
#include <csignal>

namespace tuner {

/// SIGINT, SIGTERM and SIGHUP, blocked in all threads and waited for in one:
/// make it before any thread starts, as all inherit it.
class awaited_signals {
public:
  awaited_signals();

  /// @returns which came before `until`; 0 for none.
  int wait_until(std::chrono::steady_clock::time_point until) const;

private:
  sigset_t set_{};
};

} // namespace tuner
