#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace tuner {

/// One figure that a bench found.
struct bench_row {
  std::string name;
  double value = 0;
  std::string unit;
};

/// What one bench found.
using bench_result = std::vector<bench_row>;

/// @returns the middle one of `xs`, the upper of two; 0 if there are none.
inline double median(std::vector<double> xs) {
  if (xs.empty())
    return 0;
  auto middle = xs.begin() + static_cast<std::ptrdiff_t>(xs.size() / 2);
  std::nth_element(xs.begin(), middle, xs.end());
  return *middle;
}

/// What one recorded latency costs: the recorder, a Prometheus histogram, and
/// a vector behind a mutex, by number of threads. About three seconds.
bench_result bench_recorder();

} // namespace tuner
