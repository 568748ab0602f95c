#pragma once

#include "messages/facts.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tuner {

/// A miss-ratio curve, small enough to be noted every minute: what it counted,
/// and those of its keys that a coarser sample would have followed.
struct curve_memory {
  uint64_t threshold = 0;     ///< Hashes below it were followed, all of them.
  std::vector<uint64_t> keys; ///< Their hashes, in the order last asked for.
  std::vector<std::pair<uint32_t, double>> reuses; ///< By bucket, ascending.
  double firsts = 0;
  double accesses = 0;
};

/// What outlives a restart of what was learned of a cache.
struct cache_knowledge {
  curve_memory curve;
  double stream = 0;           ///< Accesses it was learned from.
  reading entry_bytes;         ///< Unknown: not measured.
  bool entry_is_bound = false; ///< An entry may be smaller.
};

/// @returns `x` as JSON; some 60 kB at most.
std::string to_text(const cache_knowledge& x);

/// @returns what was written.
/// @throws std::exception where the text is not that, or such that no curve
/// could have.
cache_knowledge cache_knowledge_from(const std::string& text);

} // namespace tuner
