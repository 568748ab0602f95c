#pragma once

#include "actors/model/service_model.hpp"

namespace tuner {

/// 10 ms and 1 ms a request, no noise.
inline model::service_table plain_table(size_t largest = 64) {
  model::service_table x;
  for (size_t n = 0; n <= largest; ++n)
    x.seconds.push_back(n == 0 ? 0 : 0.010 + 0.001 * static_cast<double>(n));
  x.contention = 0;
  x.spread = 0;
  x.largest_seen = largest;
  return x;
}

} // namespace tuner
