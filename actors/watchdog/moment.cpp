#include "actors/watchdog/moment.hpp"

#include "actors/monitor/histogram.hpp"
#include "actors/watchdog/meter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace tuner {

namespace {

constexpr double us_max = UINT32_MAX; ///< 71 minutes.
constexpr size_t few_max = 1000;      ///< A byte a millisecond is less.
constexpr uint32_t tenth_us = 100;    ///< Of a millisecond.

double share_of(const sample& x) {
  auto accesses = static_cast<double>(x.cache_hits + x.cache_misses);
  return accesses > 0 ? static_cast<double>(x.cache_misses) / accesses : 1;
}

} // namespace

arrival_record::arrival_record(const sample& x) : opened_at_(x.opened_at) {
  auto all_us = x.arrivals_us;
  auto length_us =
    std::clamp(1e6 * seconds(x.closed_at - x.opened_at), 0.0, us_max);
  auto offered = x.offered ? *x.offered : static_cast<double>(x.completed);
  auto missing = std::isfinite(offered)
    ? std::min(offered, 1e6) - static_cast<double>(all_us.size())
    : 0;
  auto from = std::clamp(1e6 * seconds(x.arrivals_until), 0.0, length_us);
  for (double i = 0.5; i < missing; ++i)
    all_us.push_back(
      static_cast<uint32_t>(from + (length_us - from) * i / missing));
  count_ = all_us.size();
  few_ = count_ <= few_max;
  if (few_) {
    uint32_t before = 0;
    for (auto us : all_us) {
      auto tenths = (us + tenth_us / 2) / tenth_us;
      numbers_.push(
        tenths - std::exchange(before, tenths)); // Wraps if it descends.
    }
  } else {
    std::vector<uint32_t> per_ms;
    for (auto us : all_us) {
      auto ms = std::min<size_t>(us / 1000, 60'000);
      if (ms >= per_ms.size())
        per_ms.resize(ms + 1);
      ++per_ms[ms];
    }
    for (auto count : per_ms)
      numbers_.push(count);
  }
  numbers_.close();
}

void arrival_record::append_to(
  std::vector<double>& result, instant epoch) const {
  auto start = seconds(opened_at_ - epoch);
  packed_numbers::reader from{numbers_};
  for (uint32_t tenths = 0; few_ && !from.ended();)
    result.push_back(start + 1e-6 * tenth_us * (tenths += from.next()));
  for (double ms = 0; !from.ended(); ++ms) {
    auto count = from.next();
    for (double i = 0.5; i < count; ++i)
      result.push_back(start + 1e-3 * (ms + i / count));
  }
}

moment::moment(const sample& x, const moment* like)
  : opened_at(x.opened_at), closed_at(x.closed_at), arrivals(x),
    latencies(x.latencies), completed(x.completed), cache_hits(x.cache_hits),
    batched_share(share_of(x)), busy_seconds(seconds(x.busy)),
    waiting(
      x.queue_length && std::isfinite(*x.queue_length)
        ? std::max(0.0, *x.queue_length)
        : 0),
    in_force(
      like != nullptr && *like->in_force == x.in_force
        ? like->in_force
        : std::make_shared<const settings>(x.in_force)),
    mixed(x.in_force_since > x.opened_at) {}

latency_summary summary_of(
  const moment* const* begin, const moment* const* end, uint64_t fastest) {
  std::map<uint16_t, uint64_t> counts;
  for (; begin != end; ++begin)
    (*begin)->latencies.for_each(
      [&](uint16_t bucket, uint32_t count) { counts[bucket] += count; });
  latency_summary result;
  double sum = 0;
  for (auto& [bucket, count] : counts) {
    auto skipped = std::min(count, fastest);
    fastest -= skipped;
    count -= skipped;
    result.count += count;
    sum += static_cast<double>(count)
      * std::log(std::max(1e-9, seconds(bucket_midpoint(bucket))));
  }
  if (result.count == 0)
    return result;
  result.body = sum / static_cast<double>(result.count);
  auto beyond = result.count - (95 * result.count + 99) / 100;
  for (auto i = counts.rbegin(); i != counts.rend(); ++i) {
    result.p95 = std::log(std::max(1e-9, seconds(bucket_midpoint(i->first))));
    if (i->second > beyond)
      break;
    beyond -= i->second;
  }
  return result;
}

std::vector<std::pair<size_t, size_t>>
windows_of(const std::vector<const moment*>& moments) {
  std::vector<std::pair<size_t, size_t>> result;
  size_t first = 0;
  double length = 0;
  uint64_t completed = 0;
  for (size_t i = 0; i < moments.size(); ++i) {
    length += seconds(moments[i]->closed_at - moments[i]->opened_at);
    completed += moments[i]->completed;
    if (length < window_seconds_min - 1e-6 || completed < window_completed_min)
      continue;
    result.emplace_back(first, i + 1);
    first = i + 1;
    length = 0;
    completed = 0;
  }
  return result;
}

} // namespace tuner
