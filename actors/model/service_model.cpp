#include "actors/model/service_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::model {

namespace {

constexpr size_t samples_per_size = 200;
constexpr double samples_wanted = 100; ///< Under one point of the fit.
/// Batches that a level is the mean of. If it were as short as the samples of
/// the curve, the noise of each would move the drift, and never move it back.
constexpr double level_memory = 5000;
constexpr double known_from = 8; ///< Samples that make a size known.

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

line_fit fit_around(const std::vector<size_mean>& means, double n) {
  auto width = std::max(0.5, 0.03 * n);
  while (true) {
    line_fit fit;
    double samples = 0;
    for (const auto& m : means) {
      auto far = std::abs(m.size - n) / width;
      if (far >= 1)
        continue;
      // Tricube weights, as in Cleveland's LOWESS (1979).
      auto closeness = 1 - far * far * far;
      auto weight = closeness * closeness * closeness * m.count;
      samples += weight;
      fit.add(weight, m.size, m.seconds);
    }
    auto all = width > 2 * (means.back().size + n);
    if (samples >= samples_wanted || (all && samples > 0))
      return fit;
    width *= 1.6;
  }
}

/// Where the curve goes beyond the sizes seen.
struct outward {
  line_fit below;
  line_fit above;
};

/// Lines through the sizes at either end. Where these are too few to show a
/// slope, a guess holds it: a third of the time is fixed, the rest
/// proportional. It weighs as much as a third of a sample at size 1, which is
/// little as soon as sizes differ.
outward outward_lines(const std::vector<size_mean>& means) {
  auto line = [&](double from, double to, const size_mean& anchor) {
    line_fit fit;
    for (const auto& m : means)
      if (m.size >= from && m.size <= to)
        fit.add(m.count, m.size, m.seconds);
    auto guess = anchor.size > 1 ? anchor.seconds * (0.35 + 0.65 / anchor.size)
                                 : anchor.seconds;
    if (anchor.size > 1)
      fit.add(0.3, 1, guess);
    else // Only batches of one: twice as many are taken to cost half more.
      fit.add(0.3, 2, 1.5 * guess);
    return fit;
  };
  const auto& smallest = means.front();
  const auto& largest = means.back();
  return {
    line(smallest.size, 1.6 * smallest.size, smallest),
    line(0.6 * largest.size, largest.size, largest)};
}

double median(std::vector<double>& x) {
  auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  return *middle;
}

bool usable(const batch_record& x) {
  return x.size > 0 && x.service_ms > 0 && std::isfinite(x.service_ms);
}

size_t size_of(const batch_record& x) {
  return std::min<size_t>(x.size, service_model::sizes_max);
}

double log_seconds(const batch_record& x) {
  return std::log(1e-3 * static_cast<double>(x.service_ms));
}

double others_of(const batch_record& x) {
  return std::min(static_cast<double>(x.others_running), 1024.0);
}

} // namespace

double service_model::drift() const {
  return std::exp(log_drift_);
}

bool service_model::knows(size_t size) const {
  return size >= 1 && level_at(std::min(size, sizes_max)).count >= known_from;
}

void service_model::learn(const std::vector<batch_record>& batches) {
  follow_drift(batches);
  for (const auto& x : batches)
    if (usable(x))
      add(x);
  if (!by_size_.empty())
    refit();
}

/// @returns what is known of this size, or else of those within 3 % of it.
service_model::level service_model::level_at(size_t size) const {
  if (levels_[size].count >= known_from)
    return levels_[size];
  level result;
  auto last = std::min(size + size * 3 / 100, sizes_max);
  for (auto i = size - size * 3 / 100; i <= last; ++i) {
    result.sum += levels_[i].sum;
    result.others += levels_[i].others;
    result.count += levels_[i].count;
  }
  return result;
}

void service_model::follow_drift(const std::vector<batch_record>& batches) {
  std::vector<double> off;
  double doubt = 0; // Variance of the means that these are off from, by noise.
  for (const auto& x : batches) {
    if (!usable(x))
      continue;
    auto known = level_at(size_of(x));
    if (known.count < known_from)
      continue;
    auto expected = known.sum / known.count + log_drift_
      + std::log1p(contention_ * others_of(x))
      - std::log1p(contention_ * known.others / known.count);
    off.push_back(log_seconds(x) - expected);
    doubt += 1 / known.count;
  }
  if (off.size() < 5)
    return;
  auto m = static_cast<double>(off.size());
  auto middle = median(off);
  // A median of m values scatters 1.25 times as much as their mean. What it is
  // compared with is off too, always in the same direction.
  auto noise = spread_ * 1.25 / std::sqrt(m);
  auto fault = spread_ * std::sqrt(doubt / m);
  // 4.5 times: of an hour of medians, hardly one is that far off by chance.
  if (std::abs(middle) > std::max(4.5 * std::hypot(noise, fault), 0.04)) {
    log_drift_ += middle;
    lately_off_ = 0;
    ++jumps_;
    return;
  }
  // Small and lasting: an average that is out of its own noise. Following each
  // median would make the curve wander where it is not refreshed.
  constexpr double gain = 0.05;
  lately_off_ += gain * (middle - lately_off_);
  auto averaged = noise * std::sqrt(gain / (2 - gain));
  if (std::abs(lately_off_) > 4 * std::hypot(averaged, fault))
    log_drift_ += std::exchange(lately_off_, 0.0);
}

void service_model::add(const batch_record& x) {
  auto& samples = by_size_[size_of(x)];
  auto value = log_seconds(x) - log_drift_;
  auto at = point{static_cast<float>(value), static_cast<float>(others_of(x))};
  ++total_;
  auto& known = levels_[size_of(x)];
  if (known.count >= level_memory) {
    auto forgotten = 1 / known.count;
    known.sum -= forgotten * known.sum;
    known.others -= forgotten * known.others;
    --known.count;
  }
  known.sum += value;
  known.others += others_of(x);
  ++known.count;
  if (samples.points.size() < samples_per_size) {
    if (samples.points.size() == samples.points.capacity()) // Not twice that.
      samples.points.reserve(
        std::min(samples_per_size, 3 * samples.points.size() / 2 + 4));
    samples.points.push_back(at);
    return;
  }
  samples.points[samples.next] = at;
  samples.next = (samples.next + 1) % samples_per_size;
}

void service_model::refit() {
  // Within each size: how ln s moves with k, and how it scatters otherwise.
  constexpr double prior = 5;
  double covariance = prior * std::log1p(0.1);
  double variance = prior;
  double squares = 0;
  double freedom = 0;
  for (const auto& [size, samples] : by_size_) {
    auto count = static_cast<double>(samples.points.size());
    if (count < 3)
      continue;
    double k = 0, y = 0, kk = 0, ky = 0, yy = 0;
    for (const auto& p : samples.points) {
      auto others = static_cast<double>(p.others);
      auto value = static_cast<double>(p.log_seconds);
      k += others;
      y += value;
      kk += others * others;
      ky += others * value;
      yy += value * value;
    }
    covariance += ky - k * y / count;
    variance += kk - k * k / count;
    squares += yy - y * y / count;
    freedom += count - 1;
  }
  auto slope = covariance / variance;
  contention_ = std::clamp(std::expm1(slope), 0.0, 10.0);
  if (freedom > 10) {
    auto unexplained = squares - slope * slope * (variance - prior);
    spread_ = std::sqrt(std::max(unexplained / freedom, 1e-6));
  }
  curve_ = fitted();
}

std::vector<size_mean> service_model::means() const {
  std::vector<size_mean> result;
  for (const auto& [size, samples] : by_size_) {
    double sum = 0;
    for (const auto& p : samples.points)
      sum += std::exp(static_cast<double>(p.log_seconds))
        / (1 + contention_ * static_cast<double>(p.others));
    auto count = static_cast<double>(samples.points.size());
    result.push_back({static_cast<double>(size), count, sum / count});
  }
  return result;
}

std::vector<double> service_model::fitted() const {
  auto means = this->means();
  auto smallest = means.front();
  auto largest = means.back();
  auto cap =
    std::clamp<size_t>(static_cast<size_t>(2 * largest.size), 8, sizes_max);
  std::vector<double> result(cap + 1);
  auto ends = outward_lines(means);
  auto at_smallest = ends.below.at(smallest.size);
  for (size_t i = 1; i <= cap; ++i) {
    auto n = static_cast<double>(i);
    auto beyond = n / largest.size - 1;
    double value = 0;
    if (beyond > 0)
      value = ends.above.at(n) * (1 + 0.03 * beyond);
    else if (n < smallest.size)
      value = std::min(
        at_smallest,
        std::max(ends.below.at(n), 0.8 * at_smallest * n / smallest.size)
          * (1 + 0.03 * (smallest.size / n - 1)));
    else
      value = fit_around(means, n).at(n);
    result[i] = std::max({value, result[i - 1], 1e-7});
  }
  return result;
}

service_table service_model::table() const {
  service_table result;
  result.seconds = curve_;
  for (auto& x : result.seconds)
    x *= drift();
  result.contention = contention_;
  result.spread = spread_;
  result.largest_seen = by_size_.empty() ? 0 : by_size_.rbegin()->first;
  return result;
}

service_table service_model::hoped_beyond(size_t size) const {
  auto result = table();
  auto from = 0.5 * static_cast<double>(size);
  auto to = static_cast<double>(size);
  line_fit fit;
  std::vector<double> shown(result.seconds.size());
  for (const auto& m : means()) {
    if (m.size >= from && m.size <= to)
      fit.add(m.count, m.size, m.seconds * drift());
    auto at = static_cast<size_t>(m.size);
    if (m.count >= 3 && at < shown.size())
      shown[at] = m.seconds * drift() * (1 - 2 * spread_ / std::sqrt(m.count));
  }
  if (fit.w == 0)
    return result;
  for (auto i = size + 1; i < result.seconds.size(); ++i)
    result.seconds[i] = std::max(
      {result.seconds[i - 1], shown[i],
       std::min(result.seconds[i], fit.at(static_cast<double>(i)))});
  return result;
}

} // namespace tuner::model
