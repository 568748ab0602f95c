#pragma once

#include <atomic>

namespace tuner {

/// A counter with one writer and any number of readers. It only grows, and
/// wraps around.
template <class T>
class lone_counter {
public:
  /// Adds `x`. A plain load and store: there is only one writer, so nothing
  /// can come between them, and no bus is locked.
  void add(T x) {
    value_.store(
      static_cast<T>(value_.load(std::memory_order_relaxed) + x),
      std::memory_order_relaxed);
  }

  /// @returns the sum of all that was added, modulo the range of `T`.
  T read() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<T> value_{0};
};

} // namespace tuner
