#include "actors/analyzer/cache/position_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr int shares = 64; // Buckets per octave.
constexpr int shares_log2 = 6;
constexpr int octaves = 64 - shares_log2;
static_assert(position_histogram::buckets == shares * (octaves + 1));

/// Where a bucket begins and how wide it is, in positions.
struct span {
  double from;
  double width;
};

std::size_t bucket_of(double position) {
  if (!(position >= shares))
    return position >= 1 ? static_cast<std::size_t>(position) : 0;
  int exponent = 0;
  auto mantissa = std::frexp(std::min(position, 0x1p62), &exponent);
  auto octave = exponent - 1 - shares_log2;
  auto share = static_cast<int>((2 * mantissa - 1) * shares);
  auto result = shares * (octave + 1) + share;
  return static_cast<std::size_t>(result);
}

span span_of(std::size_t bucket) {
  auto i = static_cast<int>(bucket);
  if (i < shares)
    return {static_cast<double>(i), 1};
  auto octave = i / shares - 1;
  return {std::ldexp(shares + i % shares, octave), std::ldexp(1, octave)};
}

} // namespace

void position_histogram::add(double position, double weight) {
  weights_.resize(buckets);
  weights_[bucket_of(position)] += weight;
  total_ += weight;
}

void position_histogram::scale(double factor) {
  constexpr double nothing = 1e-30; // Keeps clear of slow denormal numbers.
  total_ = 0;
  for (auto& x : weights_) {
    x = x * factor > nothing ? x * factor : 0;
    total_ += x;
  }
}

std::vector<std::pair<uint32_t, double>> position_histogram::filled() const {
  std::vector<std::pair<uint32_t, double>> result;
  for (uint32_t i = 0; i < weights_.size(); ++i)
    if (weights_[i] > 0)
      result.emplace_back(i, weights_[i]);
  return result;
}

void position_histogram::fill(uint32_t bucket, double weight) {
  weights_.resize(buckets);
  weights_.at(bucket) += weight;
  total_ += weight;
}

double position_histogram::weight_up_to(double position) const {
  if (!(position >= 1) || weights_.empty())
    return 0;
  auto last = bucket_of(position);
  double result = 0;
  for (std::size_t i = 0; i < last; ++i)
    result += weights_[i];
  // Positions are whole: up to 5 means all that begins before 6.
  auto [from, width] = span_of(last);
  auto part = (std::floor(position) + 1 - from) / width;
  return result + weights_[last] * std::clamp(part, 0.0, 1.0);
}

} // namespace tuner
