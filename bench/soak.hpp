#pragma once

#include <cstdint>
#include <functional>

namespace tuner {

/// An afternoon of a node, on a simulated clock.
struct soak_options {
  int targets = 50;
  double hours = 5;
  double leave_minutes = 2; ///< Every so often an agent goes, and comes back a
                            ///< minute later.
};

/// How a node is after some of it.
struct soak_row {
  double hours = 0;
  double heap_kib = 0;      ///< In use by the whole process.
  double journal_kib = 0;   ///< Of it, SQLite's: a cache, of 2 MB at most.
  uint64_t actors = 0;      ///< Of the node and its targets.
  uint64_t descriptors = 0; ///< Of the process.
  uint64_t changes = 0;     ///< So far.
};

/// Tunes targets that are made up, and has their agents leave and return.
/// @param after is told of each quarter of an hour.
void soak(
  const soak_options& options,
  const std::function<void(const soak_row&)>& after);

} // namespace tuner
