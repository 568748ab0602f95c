#include "actors/analyzer/climb/recent.hpp"

#include "actors/monitor/histogram.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tuner::climb {

namespace {

constexpr auto settling = std::chrono::seconds{1};
constexpr double part_seconds = 10;
constexpr double part_seconds_min = 3;
constexpr double part_seconds_max = 100;
constexpr double part_requests = 60;

/// Sums over samples.
struct sums {
  double seconds = 0;
  double completed = 0;
  double failed = 0;
  double offered = 0;
  double batches = 0;
  double batched = 0;
  double busy_seconds = 0;
  double core_seconds = 0;
  double latency_seconds = 0;
  bool offered_known = true;
  bool cores_known = true;
};

bool sane(double x) {
  return std::isfinite(x) && x >= 0;
}

void add(sums& to, const sample_sum& x) {
  auto length = seconds(x.length());
  auto cores = x.cpu_cores.mean();
  to.seconds += length;
  to.completed += static_cast<double>(x.completed);
  to.failed += static_cast<double>(x.failed);
  to.batches += static_cast<double>(x.batches);
  to.batched += static_cast<double>(x.batched_requests);
  to.busy_seconds += 1e-9 * x.busy_ns;
  to.latency_seconds += 1e-9 * x.latency_ns;
  to.offered_known = to.offered_known && x.offered && sane(*x.offered);
  to.cores_known =
    to.cores_known && x.cpu_cores.known == x.samples && sane(*cores);
  if (to.offered_known)
    to.offered += *x.offered;
  if (to.cores_known)
    to.core_seconds += *cores * length;
}

picture rates_of(const sums& x) {
  picture result;
  result.seconds = x.seconds;
  result.completed = x.completed;
  if (!(x.seconds > 0) || !(x.completed > 0))
    return result;
  result.served_rps = x.completed / x.seconds;
  auto offered =
    x.offered_known && x.offered > 0 ? x.offered : x.completed + x.failed;
  result.load_rps = offered / x.seconds;
  result.served_ratio = std::min(1.0, x.completed / offered);
  result.mean_ms = std::max(0.0, 1e3 * x.latency_seconds / x.completed);
  auto spent = x.busy_seconds > 0 ? x.busy_seconds
    : x.cores_known               ? x.core_seconds
                                  : 0;
  if (spent > 0)
    result.busy_ms = 1e3 * spent / x.completed;
  if (x.batches > 0 && x.batched > 0) {
    result.batch_mean = x.batched / x.batches;
    result.batched_rps = x.batched / x.seconds;
  }
  return result;
}

} // namespace

double evidence::worst_p95_ms() const {
  auto worst = all.p95_ms;
  for (const auto& x : parts)
    worst = std::max(worst, x.p95_ms);
  return worst;
}

void recent::push(const sample& x) {
  if (x.closed_at < now_) // The clock was set back.
    *this = {};
  now_ = x.closed_at;
  if (x.in_force != in_force_) {
    seen_.clear();
    in_force_ = x.in_force;
    changed_at_ = x.closed_at;
    return;
  }
  auto mixed =
    x.in_force_since > x.opened_at || x.opened_at < changed_at_ + settling;
  if (x.closed_at <= x.opened_at || mixed)
    return;
  seen_.push(x);
}

picture recent::merged(run::const_iterator begin, run::const_iterator end) {
  sums total;
  histogram latencies;
  for (auto i = begin; i != end; ++i) {
    add(total, **i);
    latencies.merge_packed((*i)->latencies);
  }
  auto result = rates_of(total);
  result.p95_ms = milliseconds(latencies.quantile(0.95));
  return result;
}

std::optional<picture> recent::last(double wanted) const {
  auto newest_first = seen_.newest_first();
  double length = 0;
  auto i = newest_first.begin();
  while (i != newest_first.end() && length < wanted - 1e-3)
    length += seconds((*i++)->length());
  if (length < wanted - 1e-3)
    return std::nullopt;
  return merged(newest_first.begin(), i);
}

std::optional<evidence> recent::look() const {
  auto newest_first = seen_.newest_first();
  double length = 0;
  double completed = 0;
  for (const auto* x : newest_first) {
    length += seconds(x->length());
    completed += static_cast<double>(x->completed);
  }
  if (!(completed > 0))
    return std::nullopt;
  auto wanted = std::clamp(
    part_requests * length / completed, part_seconds, part_seconds_max);
  auto each = std::min(wanted, length / 3 - 0.5);
  if (each < part_seconds_min - 0.5)
    return std::nullopt;
  std::array<picture, 3> parts;
  auto end = newest_first.cbegin();
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    auto begin = end;
    for (double got = 0; end != newest_first.cend() && got < each - 1e-3;)
      got += seconds((*end++)->length());
    *part = merged(begin, end);
    if (part->completed < part_requests / 2)
      return std::nullopt;
  }
  return evidence{
    merged(newest_first.cbegin(), end), {parts.begin(), parts.end()}};
}

} // namespace tuner::climb
