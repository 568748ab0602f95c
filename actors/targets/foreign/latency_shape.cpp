#include "actors/targets/foreign/latency_shape.hpp"

#include "actors/monitor/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tuner {

namespace {

/// @returns where a bucket begins, in nanoseconds.
double start_of(std::size_t bucket) {
  if (bucket < 128)
    return static_cast<double>(bucket);
  auto dropped = bucket / 64 - 1;
  return static_cast<double>((bucket - 64 * dropped) << dropped);
}

/// @returns `x` seconds in nanoseconds, within what is counted.
double in_ns(double x) {
  constexpr auto last = static_cast<double>(latency_limit_ns - 1);
  return std::clamp(x * 1e9, 0.0, last);
}

std::size_t bucket_at(double ns) {
  return bucket_of(static_cast<uint64_t>(ns));
}

/// Adds one piece to the weights of the buckets that it overlaps.
void spread(const latency_piece& x, std::vector<double>& weights) {
  auto from = in_ns(x.from_seconds);
  auto to = std::max(in_ns(x.to_seconds), from);
  auto first = bucket_at(from);
  auto last = bucket_at(to);
  if (first == last) {
    weights[first] += x.weight;
    return;
  }
  auto share = x.weight / (to - from);
  for (auto i = first; i <= last; ++i) {
    auto begin = i == first ? from : start_of(i);
    auto end = i == last ? to : start_of(i + 1);
    weights[i] += share * (end - begin);
  }
}

double mean_of(const latency_shape& shape) {
  double sum = 0;
  for (const auto& x : shape.pieces)
    sum += x.weight * (x.from_seconds + x.to_seconds) / 2;
  return sum / shape.weight();
}

} // namespace

double latency_shape::weight() const {
  double result = 0;
  for (const auto& x : pieces)
    result += x.weight;
  return result;
}

latency_shape shape_with(std::vector<known_quantile> known) {
  std::erase_if(known, [](const known_quantile& x) {
    return !(x.q >= 0 && x.q <= 1 && x.seconds >= 0)
      || !std::isfinite(x.seconds);
  });
  std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) {
    return a.q < b.q;
  });
  latency_shape result;
  double below = 0;
  double from = known.empty() ? 0 : known.front().seconds / 2;
  for (const auto& x : known) {
    auto to = std::max(x.seconds, from);
    result.pieces.push_back({x.q - below, from, to});
    below = x.q;
    from = to;
  }
  if (!known.empty())
    result.pieces.push_back({1 - below, from, from});
  return result;
}

void fill_latencies(sample& x, const latency_shape& shape, double offset) {
  auto total = shape.weight();
  if (!(total > 0) || !std::isfinite(total) || x.completed == 0)
    return;
  std::vector<double> weights(bucket_count_max);
  for (const auto& piece : shape.pieces)
    spread(piece, weights);
  auto requests = static_cast<double>(x.completed);
  double below = 0;
  double given = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (weights[i] > 0)
      last = i;
  for (std::size_t i = 0; i <= last; ++i) {
    below += weights[i];
    auto due = i == last
      ? requests
      : std::min(std::floor(below / total * requests + offset), requests);
    auto count = std::clamp(
      due - given, 0.0, double{std::numeric_limits<uint32_t>::max()});
    given += count;
    if (count > 0)
      x.latencies.push_back(
        {static_cast<uint16_t>(i), static_cast<uint32_t>(count)});
  }
  auto mean = shape.mean_seconds.value_or(mean_of(shape));
  x.latency_sum = from_seconds(std::clamp(mean * requests, 0.0, 9e9));
}

} // namespace tuner
