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

neighbourhood around(std::span<const size_mean> means, double size) {
  neighbourhood result{size, std::max(0.5, 0.03 * size), {}};
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

bend_fit bent_at(double bend, const neighbourhood& near) {
  bend_fit result;
  for (const auto& x : near.means)
    result.add(near.weight(x), x.size - bend, x.seconds);
  return result;
}

struct bend {
  double size = 0;
  double strength = 0;
  double reach = 0;
};

/// @returns the size where a bend leaves least of what is scattered around.
double place_of_bend(const neighbourhood& near) {
  double result = near.centre;
  double most = 0;
  for (const auto& x : near.means) {
    auto taken = bent_at(x.size, near).strength(1);
    if (taken * taken > most) {
      most = taken * taken;
      result = x.size;
    }
  }
  return result;
}

/// @returns the sizes where the slope changes clearly, ascending. The one with
/// the clearest change has some width around it; the bend is within.
std::vector<double>
find_bends(std::span<const size_mean> means, double spread) {
  std::vector<bend> found;
  for (const auto& x : means) {
    auto near = around(means, x.size);
    auto fit = bent_at(x.size, near);
    auto strength = std::abs(fit.strength(spread * x.seconds));
    if (strength > clear)
      found.push_back({x.size, strength, near.width});
  }
  auto beats = [](const bend& x, const bend& y) {
    return x.strength > y.strength
      && std::abs(x.size - y.size) < std::max(x.reach, y.reach);
  };
  std::vector<double> result;
  for (const auto& x : found)
    if (std::ranges::none_of(
          found, [&](const bend& other) { return beats(other, x); }))
      result.push_back(place_of_bend(around(means, x.size)));
  std::ranges::sort(result);
  return result;
}

} // namespace

local_fit::local_fit(std::span<const size_mean> means, double spread)
  : means_(means), bends_(find_bends(means, std::max(spread, 0.01))) {}

double local_fit::at(double size) const {
  auto near = around(means_, size);
  auto distance = [&](double bend) { return std::abs(bend - size); };
  auto nearest = std::ranges::min_element(bends_, {}, distance);
  if (nearest != bends_.end() && distance(*nearest) < near.width)
    return bent_at(*nearest, near).at(size - *nearest);
  line_fit line;
  for (const auto& x : near.means)
    line.add(near.weight(x), x.size, x.seconds);
  return line.at(size);
}

} // namespace tuner::model
