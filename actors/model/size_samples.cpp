#include "actors/model/size_samples.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::model {

namespace {

constexpr double forgotten = 0.01; ///< Samples.

/// Up to seven beside are told apart; of more, those within 19 % are alike.
int band_of(double k) {
  return static_cast<int>(
    k < 8 ? std::round(k) : 8 + std::floor(4 * std::log2(k / 8)));
}

/// @returns what sums are multiplied by to make room for one more sample.
double kept_of(double count, double memory) {
  return std::min(1.0, (memory - 1) / count);
}

} // namespace

size_samples::group& size_samples::group_of(double k) {
  auto band = band_of(k);
  for (auto& x : groups_)
    if (band_of(x.k / x.count) == band)
      return x;
  groups_.reserve(groups_.size() + 1); // Most hosts need one or two.
  return groups_.emplace_back();
}

void size_samples::add(double y, double k) {
  double count = 0;
  for (const auto& x : groups_)
    count += x.count;
  auto kept = kept_of(count, short_memory);
  for (auto& x : groups_)
    for (auto* sum : {&x.count, &x.k, &x.y, &x.yy, &x.seconds})
      *sum *= kept;
  std::erase_if(groups_, [](const auto& x) { return x.count < forgotten; });
  auto& to = group_of(k);
  ++to.count;
  to.k += k;
  to.y += y;
  to.yy += y * y;
  to.seconds += std::exp(y);

  auto kept_long = kept_of(long_run_.count, long_memory);
  for (auto* sum : {&long_run_.count, &long_run_.k, &long_run_.y})
    *sum *= kept_long;
  ++long_run_.count;
  long_run_.k += k;
  long_run_.y += y;
}

sample_sums size_samples::sums() const {
  sample_sums result;
  for (const auto& x : groups_) {
    result.count += x.count;
    result.k += x.k;
    result.y += x.y;
    result.kk += x.k * x.k / x.count;
    result.ky += x.k * x.y / x.count;
    result.yy += x.yy;
  }
  return result;
}

double size_samples::mean_seconds(double contention) const {
  double count = 0;
  double seconds = 0;
  for (const auto& x : groups_) {
    count += x.count;
    seconds += x.seconds / (1 + contention * x.k / x.count);
  }
  return seconds / count;
}

size_memory size_samples::memory(size_t size) const {
  auto s = sums();
  auto variation = std::max(s.variation_of_k(), 0.0);
  auto slope = variation > 0 ? s.covariation() / variation : 0;
  auto rest = std::max(s.variation_of_y() - slope * s.covariation(), 0.0);
  return {
    size,
    s.count,
    s.y / s.count,
    s.k / s.count,
    std::sqrt(variation / s.count),
    slope,
    std::sqrt(rest / s.count),
    long_run_.count,
    long_run_.y / long_run_.count,
    long_run_.k / long_run_.count};
}

/// Two groups, one standard deviation off either way, have the same moments as
/// the samples had. What is cut off at none beside stays on the same line.
size_samples size_samples::from(const size_memory& x) {
  size_samples result;
  auto add = [&](double k, double count) {
    k = std::max(k, 0.0);
    auto y = x.log_seconds + x.slope * (k - x.others);
    result.groups_.push_back(
      {count, count * k, count * y, count * (y * y + x.spread * x.spread),
       count * std::exp(y) * std::cosh(x.spread)});
  };
  if (x.others_spread > 0) {
    add(x.others + x.others_spread, x.samples / 2);
    add(x.others - x.others_spread, x.samples / 2);
  } else {
    add(x.others, x.samples);
  }
  result.long_run_.count = x.level_count;
  result.long_run_.k = x.level_count * x.level_others;
  result.long_run_.y = x.level_count * x.level_log_seconds;
  return result;
}

} // namespace tuner::model
