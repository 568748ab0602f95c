#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

/// Lengths of time: latencies, windows, delays.
using duration = std::chrono::nanoseconds;

/// Points in time. Read once from the wall clock when the service starts and
/// carried on by the monotonic clock, so they never jump and can be printed.
/// On a virtual clock they start at the Unix epoch: they are scenario time.
using instant = std::chrono::time_point<std::chrono::system_clock, duration>;

/// @returns `x` in seconds.
constexpr double seconds(duration x) {
  return std::chrono::duration<double>{x}.count();
}

/// @returns `x` in milliseconds.
constexpr double milliseconds(duration x) {
  return std::chrono::duration<double, std::milli>{x}.count();
}

/// @returns `x` seconds as a duration. Takes anything from 0 to 292 years.
constexpr duration from_seconds(double x) {
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>{x});
}

/// @returns `x` milliseconds as a duration.
constexpr duration from_milliseconds(double x) {
  return from_seconds(x * 1e-3);
}

/// @returns `x` as UTC to the millisecond: `2026-11-24T07:49:54.123Z`.
std::string to_string(instant x);

/// @returns the moment that a text like `2026-12-24T00:00:00Z` names, from 1970
/// to 2261; nothing where it is none.
std::optional<instant> instant_of(std::string_view x);

/// @returns `x` with the unit that suits its size: `850 us`, `12.3 ms`, `30 s`.
std::string to_string(duration x);

} // namespace tuner
