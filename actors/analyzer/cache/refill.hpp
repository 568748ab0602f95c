#pragma once

#include "messages/facts.hpp"

#include <cstdint>
#include <optional>

namespace tuner {

/// What is taken for the size of an entry where nothing is known of it.
inline constexpr double entry_bytes_assumed = 16 * 1024;

/// What a cache did since its size changed.
struct refill_totals {
  double from_mib = 0; ///< Size before; 0 for a cache that began empty.
  double to_mib = 0;
  reading entry_bytes;   ///< Unknown: 16 KiB is assumed.
  reading distinct_keys; ///< There are no more to insert. Unknown: no limit.
  uint64_t hits = 0;     ///< Since the change.
  uint64_t misses = 0;
  duration length{}; ///< Since the change.
};

/// @returns how many entries fit in now and did not before; never more than
/// there are keys. A cache that shrank has nothing to insert.
double entries_to_insert(const refill_totals& x);

/// Is the cache as full as it will get, so that its hit ratio is that of its
/// size? Each miss inserts one entry, so this takes as many misses as there
/// are entries to insert. 100,000 accesses are enough in any case: where the
/// size of an entry is not known, or the keys are few and not named, the misses
/// might never come.
bool refilled(const refill_totals& x);

/// @returns how long the rest of the refill takes at the rate of misses since
/// the change; nothing if there were none, or it takes over a year.
std::optional<duration> refill_time(const refill_totals& x);

} // namespace tuner
