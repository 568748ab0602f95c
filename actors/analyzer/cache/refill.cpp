#include "actors/analyzer/cache/refill.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double mib = 1024 * 1024;
constexpr double accesses_enough = 100'000;
constexpr double year_s = 365 * 86'400.0;

bool positive(reading x) {
  return x && std::isfinite(*x) && *x > 0;
}

} // namespace

double entries_to_insert(const refill_totals& x) {
  auto bytes = (x.to_mib - x.from_mib) * mib;
  if (!(bytes > 0))
    return 0;
  auto entry = positive(x.entry_bytes) ? *x.entry_bytes : entry_bytes_assumed;
  auto entries = bytes / entry;
  return positive(x.distinct_keys) ? std::min(entries, *x.distinct_keys)
                                   : entries;
}

bool refilled(const refill_totals& x) {
  auto misses = static_cast<double>(x.misses);
  return misses >= entries_to_insert(x)
    || misses + static_cast<double>(x.hits) >= accesses_enough;
}

std::optional<duration> refill_time(const refill_totals& x) {
  if (refilled(x))
    return duration{0};
  auto misses = static_cast<double>(x.misses);
  auto accesses = misses + static_cast<double>(x.hits);
  auto elapsed_s = seconds(x.length);
  if (!(elapsed_s > 0) || !(accesses > 0))
    return std::nullopt;
  auto by_accesses_s = (accesses_enough - accesses) * elapsed_s / accesses;
  auto by_misses_s = misses > 0
    ? (entries_to_insert(x) - misses) * elapsed_s / misses
    : by_accesses_s;
  auto result_s = std::min(by_accesses_s, by_misses_s);
  return result_s < year_s ? std::optional{from_seconds(result_s)}
                           : std::nullopt;
}

} // namespace tuner
