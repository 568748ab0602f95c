#pragma once

#include "actors/model/line_fit.hpp"

#include <span>
#include <vector>

namespace tuner::model {

/// What is known of one size: its mean time and from how many samples.
struct size_mean {
  double size = 0;
  double count = 0;
  double seconds = 0;
};

/// Where the slope of the times changes.
struct bend {
  double size = 0;
  bool steeper = false; ///< Above: a knee.
};

/// Local linear fit of times by size, whose bandwidth starts at 3 % of the size
/// and grows until it rests on 100 samples, so that 8 % noise does not hide
/// that larger batches are 4 % cheaper. Near a bend it is two lines that meet
/// there: one line would round off a knee, and make the best size look dear.
class local_fit {
public:
  /// @param means by size, ascending, at least one.
  /// @param spread of one sample about its mean, relative.
  local_fit(std::span<const size_mean> means, double spread);

  /// @returns seconds, for a size among those seen.
  double at(double size) const;

  /// @returns them by size, ascending.
  const std::vector<bend>& bends() const { return bends_; }

private:
  std::span<const size_mean> means_; ///< Of the caller.
  std::vector<bend> bends_;
};

} // namespace tuner::model
