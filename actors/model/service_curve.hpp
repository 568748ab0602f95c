#pragma once

#include "actors/model/local_fit.hpp"

#include <cstddef>
#include <vector>

namespace tuner::model {

struct fitted_curve {
  std::vector<double> seconds; ///< Index 0 is unused; then sizes 1, 2, ...
  std::vector<size_t> knees;   ///< Sizes above which it gets steeper.
};

/// How long batches take, by size, from the means of the sizes that were seen:
/// a local fit that keeps knees. It never falls.
/// Above the largest size seen it goes on linearly, and 3 % dearer per relative
/// unit. Below the smallest it is a line too, but no request is taken to cost
/// much less there: above a knee, the line would meet zero.
/// @param means by size, ascending, at least one, of 1 to `largest_size`.
/// @param spread of one sample about its mean, relative.
/// @returns the curve for sizes up to twice the largest seen, or up to three
/// times while that is at most 24; at least 8 and at most `largest_size`.
fitted_curve fit_curve(
  const std::vector<size_mean>& means, double spread, size_t largest_size);

} // namespace tuner::model
