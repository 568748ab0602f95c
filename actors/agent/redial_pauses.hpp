#pragma once

#include "messages/time.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace tuner {

/// How long to wait before the next attempt: twice as long each time up to a
/// bound, and anything from half to all of that, so that those who lost the
/// same peer at the same moment don't come back all at once ("equal jitter",
/// Brooker, "Exponential Backoff And Jitter", 2015).
class redial_pauses {
public:
  /// @param seed should differ between those who wait.
  explicit redial_pauses(
    uint64_t seed, duration first = std::chrono::milliseconds{250},
    duration longest = std::chrono::seconds{3})
    : random_(seed), first_(first), longest_(longest), next_(first) {}

  duration next() {
    auto half = next_ / 2;
    next_ = std::min(2 * next_, longest_);
    std::uniform_int_distribution<duration::rep> more{0, half.count()};
    return half + duration{more(random_)};
  }

  /// It worked.
  void reset() { next_ = first_; }

private:
  std::mt19937_64 random_;
  duration first_;
  duration longest_;
  duration next_;
};

} // namespace tuner
