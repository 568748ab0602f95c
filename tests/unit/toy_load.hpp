#pragma once

#include "actors/analyzer/twin/traffic.hpp"

#include <random>

namespace tuner::twin {

/// Seconds of Poisson arrivals as samples.
class toy_load {
public:
  sample second(double rate) {
    sample x;
    x.opened_at = at_;
    at_ += std::chrono::seconds{1};
    x.closed_at = at_;
    std::exponential_distribution<double> gap{rate};
    for (auto t = gap(random_); t < 1; t += gap(random_))
      x.arrivals_us.push_back(static_cast<uint32_t>(1e6 * t));
    x.arrivals_until = std::chrono::seconds{1};
    x.offered = static_cast<double>(x.arrivals_us.size());
    return x;
  }

  void feed(traffic& to, double rate, int seconds) {
    for (int i = 0; i < seconds; ++i)
      to.learn(second(rate));
  }

  void pause(duration x) { at_ += x; }

private:
  instant at_{std::chrono::hours{1}};
  std::mt19937_64 random_{3};
};

} // namespace tuner::twin
