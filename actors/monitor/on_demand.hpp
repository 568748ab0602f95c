#pragma once

#include <atomic>

namespace tuner {

/// Something big that exists once its writer needed it, for most threads never
/// record most kinds of events.
template <class T>
class on_demand {
public:
  on_demand() = default;
  ~on_demand() { delete made_.load(std::memory_order_relaxed); }
  on_demand(const on_demand&) = delete;
  on_demand& operator=(const on_demand&) = delete;

  /// Makes it in the first call, which may throw `std::bad_alloc`. For the
  /// writer.
  T& get() {
    auto* made = made_.load(std::memory_order_relaxed);
    return made ? *made : make();
  }

  /// @returns it, or null if it was not needed yet. For anybody.
  T* find() const { return made_.load(std::memory_order_acquire); }

private:
  [[gnu::noinline, gnu::cold]] T& make() {
    auto* made = new T;
    made_.store(made, std::memory_order_release);
    return *made;
  }

  std::atomic<T*> made_{nullptr};
};

} // namespace tuner
