#pragma once

#include <algorithm>
#include <cmath>

namespace tuner::model {

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

/// Weighted sums for two lines that meet at a bend. Places are counted from
/// there. How much steeper the upper line is comes from what a line through all
/// points leaves of the values, and of the places above the bend (after Frisch
/// and Waugh, 1933).
class bend_fit {
public:
  void add(double weight, double place, double value) {
    auto above = std::max(place, 0.0);
    values_.add(weight, place, value);
    above_.add(weight, place, above);
    above_values_ += weight * above * value;
  }

  /// @returns by how much the slope changes at the bend; 0 where there are not
  /// points enough on either side to tell.
  double change() const {
    auto rest = above_rest();
    return rest > 0 ? left_of(above_values_, values_) / rest : 0;
  }

  /// @returns the change over its standard error, if that of a value of weight
  /// 1 is `noise`.
  double strength(double noise) const {
    return change() * std::sqrt(above_rest()) / noise;
  }

  double at(double place) const {
    return values_.at(place)
      + change() * (std::max(place, 0.0) - above_.at(place));
  }

private:
  /// @returns what a sum of products with the places above comes to once its
  /// other factor is freed of its own line.
  double left_of(double products, const line_fit& other) const {
    return products - other.at(0) * above_.y - other.slope() * above_.xy;
  }

  double above_rest() const {
    auto squares = above_.xy; // As a place above is 0 where the place is below.
    auto rest = left_of(squares, above_);
    return rest > 1e-6 * squares ? rest : 0;
  }

  line_fit values_;
  line_fit above_;
  double above_values_ = 0;
};

} // namespace tuner::model
