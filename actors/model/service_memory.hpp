#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tuner::model {

/// What the samples of one batch size amount to. Times are ln of seconds,
/// without drift; `others` are the batches running beside.
struct size_memory {
  std::size_t size = 0;
  double samples = 0; ///< Whole; the next four are over these.
  double log_seconds = 0;
  double others = 0;
  double others_spread = 0; ///< Standard deviation.
  double slope = 0;         ///< Of log_seconds on others.
  double spread = 0;        ///< Standard deviation about that line.
  double level_count = 0;   ///< Of the longer memory that drift is told by.
  double level_log_seconds = 0;
  double level_others = 0;
};

/// A service model, small enough to be noted every minute: some 100 bytes for
/// each size seen.
struct service_memory {
  double log_drift = 0;
  std::vector<size_memory> sizes; ///< Ascending.
};

/// @returns `x` as JSON: arrays of numbers, in the order above.
std::string to_text(const service_memory& x);

/// @returns what was written. Sizes whose figures no model has are left out.
/// @throws std::exception where the text is not such JSON.
service_memory service_memory_from(const std::string& text);

} // namespace tuner::model
