#pragma once

#include <cstddef>
#include <vector>

namespace tuner::model {

/// What is known of one size: its mean time and from how many samples.
struct size_mean {
  double size = 0;
  double count = 0;
  double seconds = 0;
};

/// Weighted sums for a straight line.
struct line_fit {
  double w = 0, x = 0, y = 0, xx = 0, xy = 0;

  void add(double weight, double at, double value) {
    w += weight;
    x += weight * at;
    y += weight * value;
    xx += weight * at * at;
    xy += weight * at * value;
  }

  double slope() const {
    auto spread = xx - x * x / w;
    return spread > 1e-9 * xx ? (xy - x * y / w) / spread : 0;
  }

  /// @returns the line at `at`; the mean where all points are at one place.
  double at(double at) const { return y / w + slope() * (at - x / w); }
};

/// How long batches take, by size, from the means of the sizes that were seen:
/// a local linear fit, whose bandwidth starts at 3 % of the size and grows
/// until it rests on 100 samples, so a curve with knees stays one, and 8 %
/// noise does not hide that larger batches are 4 % cheaper. It never falls.
/// Above the largest size seen it goes on linearly, and 3 % dearer per relative
/// unit; below the smallest it is the line too, but never much below it, and 3
/// % dearer as often as it goes into the smallest once more: a knee there hides
/// what is fixed.
/// @param means by size, ascending, at least one.
/// @returns seconds for sizes up to twice the largest seen, at least 8 and at
/// most `largest_size`; index 0 is unused.
std::vector<double>
fit_curve(const std::vector<size_mean>& means, size_t largest_size);

} // namespace tuner::model
