#include "actors/monitor/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace tuner {

namespace {

/// @returns ceil(q * total), in [1, total].
uint64_t nearest_rank(double q, uint64_t total) {
  if (!(q > 0))
    return 1;
  // 0.07 * 100 is a little more than 7 in binary: its ceiling would be 8.
  auto exact = std::min(q, 1.0) * static_cast<double>(total);
  auto rank = std::ceil(exact * (1 - 1e-12));
  if (rank >= static_cast<double>(total))
    return total;
  return std::max(static_cast<uint64_t>(rank), uint64_t{1});
}

/// @returns the latencies at `ranks`, which ascend and are at most the total.
template <std::size_t N>
std::array<duration, N>
find(std::span<const uint64_t> counts, const std::array<uint64_t, N>& ranks) {
  std::array<duration, N> found{};
  std::size_t next = 0;
  uint64_t below = 0;
  for (std::size_t bucket = 0; bucket < counts.size() && next < N; ++bucket) {
    below += counts[bucket];
    while (next < N && ranks[next] <= below)
      found[next++] = bucket_midpoint(bucket);
  }
  return found;
}

} // namespace

void histogram::add(uint16_t bucket, uint32_t count) {
  // Samples may come from another process: trust no index.
  counts_[std::min<std::size_t>(bucket, bucket_count_max - 1)] += count;
  total_ += count;
}

void histogram::merge(const std::vector<bucket_count>& counts) {
  for (auto& x : counts)
    add(x.bucket, x.count);
}

void histogram::merge_packed(const packed_counts& counts) {
  counts.for_each(
    [this](uint16_t bucket, uint32_t count) { add(bucket, count); });
}

duration histogram::quantile(double q) const {
  if (total_ == 0)
    return duration{0};
  return find<1>(counts_, {nearest_rank(q, total_)})[0];
}

latency_quantiles histogram::quantiles() const {
  if (total_ == 0)
    return {};
  auto [p50, p95, p99] = find<3>(
    counts_,
    {nearest_rank(0.50, total_), nearest_rank(0.95, total_),
     nearest_rank(0.99, total_)});
  return {p50, p95, p99};
}

bool histogram::in_one_bucket() const {
  auto used = [](uint64_t count) { return count > 0; };
  return std::count_if(counts_.begin(), counts_.end(), used) == 1;
}

} // namespace tuner
