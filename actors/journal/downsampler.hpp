#pragma once

#include "actors/monitor/sample_sum.hpp"
#include "messages/facts.hpp"
#include "messages/sample.hpp"

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace tuner {

/// The lengths that a target's series is kept in, finest first.
inline constexpr std::array<duration, 4> series_steps{
  std::chrono::seconds{1}, std::chrono::seconds{10}, std::chrono::seconds{60},
  std::chrono::seconds{600}};

/// Merges samples into observations of each of `series_steps`. Latencies are
/// merged by their histograms, so that a quantile of ten minutes is as exact as
/// that of a second. Steps begin at multiples of their length; a sample belongs
/// to the one in which it opened, and one longer than a step makes one of its
/// own.
class downsampler {
public:
  struct row {
    duration step{};
    observation seen;
  };

  /// Adds the newest sample.
  /// @returns the observations that it completes, finest first.
  std::vector<row> push(const sample& x);

  /// @returns what is not complete, such as when the tuner ends; starts afresh.
  std::vector<row> flush();

private:
  static row take(std::optional<sample_sum>& from, duration step);

  /// Added up, so that ten minutes take no more room than a second.
  std::array<std::optional<sample_sum>, series_steps.size()> open_;
};

/// @returns at most `count_max` observations: neighbours are merged. Counts are
/// added up; quantiles, where only those are known, are averaged by completed
/// requests.
std::vector<observation>
thinned(std::vector<observation> points, std::size_t count_max);

} // namespace tuner
