#include "app/example_host/zipf.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::example {

namespace {

/// (e^x - 1) / x, with its limit at 0.
double expm1_over(double x) {
  return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2;
}

/// ln(1 + x) / x, with its limit at 0.
double log1p_over(double x) {
  return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2;
}

} // namespace

zipf::zipf(uint64_t ranks, double exponent)
  : ranks_(static_cast<double>(std::max<uint64_t>(ranks, 1))),
    exponent_(exponent > 0 ? exponent : 0), low_(integral(1.5) - 1),
    high_(integral(ranks_ + 0.5)),
    squeeze_(2 - inverse(integral(2.5) - density(2))) {}

uint64_t zipf::draw(random_source& random) const {
  while (true) {
    auto u = high_ + random.uniform() * (low_ - high_);
    auto x = inverse(u);
    auto k = std::clamp(std::floor(x + 0.5), 1.0, ranks_);
    if (k - x <= squeeze_ || u >= integral(k + 0.5) - density(k))
      return static_cast<uint64_t>(k);
  }
}

double zipf::density(double x) const {
  return std::exp(-exponent_ * std::log(x));
}

double zipf::integral(double x) const {
  auto log_x = std::log(x);
  return expm1_over((1 - exponent_) * log_x) * log_x;
}

double zipf::inverse(double u) const {
  // Rounding may carry the argument of the logarithm just below its pole.
  auto t = std::max(u * (1 - exponent_), -1.0);
  return std::exp(log1p_over(t) * u);
}

} // namespace tuner::example
