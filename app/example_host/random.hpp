#pragma once

#include <cstdint>

namespace tuner::example {

/// @returns a bijective scrambling of `x` in which every bit depends on every
/// bit of `x`. The finaliser of SplitMix64: G. Steele, D. Lea, C. Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014.
constexpr uint64_t scramble(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// SplitMix64: a seeded generator that gives the same numbers everywhere,
/// unlike the distributions of the standard library.
class random_source {
public:
  explicit random_source(uint64_t seed) : state_(seed) {}

  /// @returns 64 random bits.
  uint64_t bits() { return scramble(state_ += 0x9e3779b97f4a7c15u); }

  /// @returns a number above 0 and at most 1, so that its logarithm exists.
  double uniform() {
    return (static_cast<double>(bits() >> 11) + 1.0) * 0x1p-53;
  }

private:
  uint64_t state_;
};

} // namespace tuner::example
