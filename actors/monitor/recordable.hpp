#pragma once

#include "actors/monitor/histogram.hpp"

#include <bit>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <ratio>
#include <type_traits>
#include <utility>

namespace tuner {

/// @returns `x` in nanoseconds, at most `latency_limit_ns`; nothing if it is
/// negative, NaN or infinite.
template <class Rep, class Period>
constexpr std::optional<uint64_t>
recordable_ns(std::chrono::duration<Rep, Period> x) {
  if constexpr (std::is_integral_v<Rep> && std::is_same_v<Period, std::nano>) {
    if (!std::in_range<uint64_t>(x.count()))
      return std::nullopt;
    auto ns = static_cast<uint64_t>(x.count());
    return ns < latency_limit_ns ? ns : latency_limit_ns;
  } else {
    auto count = static_cast<double>(x.count());
    // Negative numbers, infinity and NaN have larger bits than any number. A
    // host may be built with -ffast-math, where NaN passes every comparison.
    constexpr auto largest =
      std::bit_cast<uint64_t>(std::numeric_limits<double>::max());
    constexpr auto minus_zero = std::bit_cast<uint64_t>(-0.0);
    auto bits = std::bit_cast<uint64_t>(count);
    if (bits > largest && bits != minus_zero)
      return std::nullopt;
    constexpr auto unit_ns =
      1e9 * static_cast<double>(Period::num) / static_cast<double>(Period::den);
    auto ns = count * unit_ns + 0.5;
    return ns < static_cast<double>(latency_limit_ns)
      ? static_cast<uint64_t>(ns)
      : latency_limit_ns;
  }
}

} // namespace tuner
