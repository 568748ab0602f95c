#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tuner {

/// Calls `work(i)` for each i below `count`, on all cores, in any order.
/// @throws what the first call that failed threw, once all have ended.
template <class Work>
void for_each_parallel(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  auto run = [&] {
    for (auto i = next++; i < count; i = next++)
      try {
        work(i);
      } catch (...) {
        std::lock_guard lock{mutex};
        failure = failure ? failure : std::current_exception();
      }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i)
    helpers.emplace_back(run);
  run();
  helpers.clear();
  if (failure)
    std::rethrow_exception(failure);
}

} // namespace tuner
