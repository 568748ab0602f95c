#include "actors/model/local_fit.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::model {

namespace {

constexpr double samples_wanted = 100; ///< Under one point of the fit.

/// Standard errors that make a change of the slope a bend: of the sizes seen in
/// an hour, hardly one shows that much by chance.
constexpr double clear = 4;

/// Sizes around one; the farther, the less they count.
struct neighbourhood {
  double centre = 0;
  double width = 0;
  std::span<const size_mean> means;

  /// @returns the tricube weight, as in Cleveland's LOWESS (1979).
  double weight(const size_mean& x) const {
    auto far = std::abs(x.size - centre) / width;
    auto near = std::max(1 - far * far * far, 0.0);
    return near * near * near * x.count;
  }
};

std::span<const size_mean>
within(std::span<const size_mean> means, double low, double high) {
  auto from = std::ranges::lower_bound(means, low, {}, &size_mean::size);
  auto to = std::ranges::upper_bound(means, high, {}, &size_mean::size);
  return {from, to};
}

/// @returns the sizes around one that 100 samples are of, and at least those
/// within `width`.
neighbourhood
around(std::span<const size_mean> means, double size, double width) {
  neighbourhood result{size, width, {}};
  while (true) {
    result.means = within(means, size - result.width, size + result.width);
    double samples = 0;
    for (const auto& x : result.means)
      samples += result.weight(x);
    auto all = result.width > 2 * (means.back().size + size);
    if (samples >= samples_wanted || (all && samples > 0))
      return result;
    result.width *= 1.6;
  }
}

bend_fit bent_at(double size, const neighbourhood& near) {
  bend_fit result;
  for (const auto& x : near.means)
    result.add(near.weight(x), x.size - size, x.seconds);
  return result;
}

/// @returns the bend that leaves least of what is scattered around.
bend place_bend(const neighbourhood& near) {
  bend result;
  double most = 0;
  for (const auto& x : near.means) {
    auto taken = bent_at(x.size, near).strength(1);
    if (std::abs(taken) > most) {
      most = std::abs(taken);
      result = {x.size, taken > 0};
    }
  }
  return result;
}

/// A size around which the slope changes clearly.
struct bent_place {
  neighbourhood near;
  double strength = 0;

  bool beats(const bent_place& x) const {
    auto reach = std::max(near.width, x.near.width);
    return strength > x.strength
      && std::abs(near.centre - x.near.centre) < reach;
  }
};

/// @returns where the slope changes clearly, ascending: one bend within reach
/// of each size around which it does so most clearly.
std::vector<bend> find_bends(std::span<const size_mean> means, double spread) {
  std::vector<bent_place> places;
  for (const auto& x : means) {
    auto near = around(means, x.size, std::max(3.0, 0.1 * x.size));
    auto strength = bent_at(x.size, near).strength(spread * x.seconds);
    if (std::abs(strength) > clear)
      places.push_back({near, std::abs(strength)});
  }
  std::vector<bend> result;
  for (const auto& x : places)
    if (std::ranges::none_of(
          places, [&](const bent_place& other) { return other.beats(x); }))
      result.push_back(place_bend(x.near));
  std::ranges::sort(result, {}, &bend::size);
  return result;
}

} // namespace

local_fit::local_fit(std::span<const size_mean> means, double spread)
  : means_(means), bends_(find_bends(means, std::max(spread, 0.01))) {}

double local_fit::at(double size) const {
  auto near = around(means_, size, std::max(0.5, 0.03 * size));
  auto distance = [&](const bend& x) { return std::abs(x.size - size); };
  auto nearest = std::ranges::min_element(bends_, {}, distance);
  if (nearest != bends_.end() && distance(*nearest) < near.width)
    return bent_at(nearest->size, near).at(size - nearest->size);
  line_fit line;
  for (const auto& x : near.means)
    line.add(near.weight(x), x.size, x.seconds);
  return line.at(size);
}

} // namespace tuner::model
