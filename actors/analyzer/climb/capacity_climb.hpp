#pragma once

#include "messages/time.hpp"

#include <optional>
#include <string>

namespace tuner::climb {

/// Finds the batch size that answers most requests per second, while more come
/// than are answered: only then is what is completed what can be completed.
///
/// The first step goes to the size that suits the load, if that is known and
/// far, else to twice the size. Each step that completes over 3 % more is
/// followed by another; else it goes the other way from the best, with the
/// root of the factor, until that is below 5 %. An episode ends when nothing
/// was asked for half a minute.
class capacity_climb {
public:
  struct state {
    double batch_size = 1;
    double served_rps = 0; ///< At that size.
    double suitable = 0;   ///< Batch size that suits the load; 0 is unknown.
  };

  /// @returns the batch size to try next, not clamped; nothing if the best is
  /// in force.
  std::optional<double> next(const state& here, instant now);

private:
  std::optional<double> begin(const state& here);

  instant asked_at_{};
  double best_size_ = 0; ///< 0: no episode.
  double best_rps_ = 0;
  double factor_ = 2;
  int sign_ = 1;
};

} // namespace tuner::climb
