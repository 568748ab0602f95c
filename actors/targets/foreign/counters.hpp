#pragma once

#include "actors/targets/foreign/exposition_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace tuner {

/// What a counter did since the last scrape.
struct growth {
  double by = 0;      ///< Never negative.
  double value = 0;   ///< What it shows now.
  bool reset = false; ///< It fell, and so `by` is `value`.
};

/// What counters showed at the last scrape, series by series, and so what they
/// grew by since. A counter that fell was reset and counts from zero. A series
/// that was not there last time counts from now: it may be new, but also back.
class counter_memory {
public:
  /// Ends a scrape: what it did not show is forgotten.
  void close();

  /// Forgets all.
  void clear() { seen_.clear(); }

  /// Takes note of what `x` shows in the scrape that goes on.
  /// @returns what it grew by; nothing where that is not known: the first time,
  ///   for what is no number, for a series shown twice, and where its own
  ///   timestamp says that nobody looked at it since.
  std::optional<growth> grown(const series_view& x);

private:
  struct entry {
    double value = 0;
    std::optional<double> timestamp;
    uint64_t scrape = 0; ///< The last that showed it.
  };

  std::unordered_map<std::string, entry> seen_;
  std::string key_; ///< Kept for its memory.
  uint64_t scrape_ = 1;
};

} // namespace tuner
