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

/// @returns the value that a share `q` of `xs` stays within; 0 if there are
/// none.
inline double quantile(std::vector<double> xs, double q) {
  if (xs.empty())
    return 0;
  auto last = static_cast<double>(xs.size() - 1);
  auto at = xs.begin() + static_cast<std::ptrdiff_t>(q * last + 0.5);
  std::nth_element(xs.begin(), at, xs.end());
  return *at;
}

/// What one recorded latency costs: the recorder, a Prometheus histogram, and
/// a vector behind a mutex, by number of threads. About three seconds.
bench_result bench_recorder();

/// How long a decision takes, from the close of its window until the knob is
/// written, and an undo, from the verdict until the old value is back. Real
/// actors, real clock. About a minute.
/// @throws std::runtime_error if there are too few decisions in time.
bench_result bench_pipeline();

/// How long policy `auto` thinks about a decision on a steady load, by requests
/// per second, and how much memory it holds after a simulated week. Half a
/// minute.
bench_result bench_decision();

/// What the journal costs, on a disk: recording a decision, the start with
/// 100,000 of them, and a day of seconds as the page asks for it. Two minutes.
bench_result bench_journal();

/// What a disabled tuner costs: a record, threads, construction, and the start
/// of a process that it is linked to. Ten seconds.
bench_result bench_disabled();

/// How fast a foreign host's exposition of 10 MB is read, and a sample taken of
/// it. Five seconds.
bench_result bench_exposition();

/// What the tuner costs the example host: throughput under saturation and p95
/// at a moderate load, with tuner and without, in turn. About a minute and a
/// half; `quick`, with fewer and shorter pairs, twenty seconds.
bench_result bench_overhead(bool quick);

} // namespace tuner
