#include "actors/targets/foreign/told_latency.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace tuner {

namespace {

/// Adds the buckets of one label set, which count from zero up to each bound.
template <class Buckets>
void add_pieces(Buckets buckets, std::vector<latency_piece>& to, double scale) {
  // When the host restarts, a small bucket may not fall: all are to be judged
  // as one.
  auto reset = std::any_of(
    buckets.begin(), buckets.end(), [](const auto& x) { return x.by.reset; });
  std::sort(buckets.begin(), buckets.end(), [](const auto& a, const auto& b) {
    return a.le < b.le;
  });
  double below = 0;
  double from = 0;
  for (const auto& x : buckets) {
    auto grown = reset ? x.by.value : x.by.by;
    auto weight = std::max(grown - below, 0.0);
    below = std::max(grown, below);
    auto open = std::isinf(x.le);
    // Above the last bound anything may be; like Prometheus, take the bound.
    auto end = open ? from : std::max(x.le * scale, 0.0);
    if (weight > 0 && (!open || buckets.size() > 1))
      to.push_back({weight, open ? end : from, end});
    from = end;
  }
}

} // namespace

void told_latency::add_bucket(const series_view& x, const growth& by) {
  auto le = number_of(label_of(x, "le").value_or(""));
  if (!le || std::isnan(*le))
    return;
  std::string others;
  for (const auto& label : x.labels)
    if (label.name != "le") {
      others += label.name;
      others += '=';
      others += label.value;
      others += '\n';
    }
  histograms_[others].push_back({*le, by});
}

void told_latency::add_sum(const growth& by) {
  sum_ = sum_.value_or(0) + by.by;
}

void told_latency::add_count(const growth& by) {
  count_ = count_.value_or(0) + by.by;
}

void told_latency::add_quantile(const series_view& x) {
  auto q = number_of(label_of(x, "quantile").value_or(""));
  if (q && *q >= 0 && x.value >= 0)
    quantiles_.push_back({*q, x.value});
}

std::optional<double> told_latency::count() const {
  if (count_)
    return count_;
  std::optional<double> result;
  for (const auto& [labels, buckets] : histograms_) {
    double most = 0;
    for (const auto& x : buckets)
      most = std::max(most, x.by.by);
    result = result.value_or(0) + most;
  }
  return result;
}

bool told_latency::several_summaries() const {
  std::set<double> seen;
  return std::any_of(quantiles_.begin(), quantiles_.end(), [&](const auto& x) {
    return !seen.insert(x.q).second;
  });
}

latency_shape told_latency::shape(double scale) const {
  latency_shape result;
  for (const auto& [labels, buckets] : histograms_)
    add_pieces(buckets, result.pieces, scale);
  if (!quantiles_.empty() && !several_summaries()) {
    auto known = quantiles_;
    for (auto& x : known)
      x.seconds *= scale;
    result = shape_with(std::move(known));
  }
  if (auto n = count(); n && *n > 0 && sum_)
    result.mean_seconds = *sum_ / *n * scale;
  if (result.weight() <= 0 && result.mean_seconds)
    result.pieces = {{1, *result.mean_seconds, *result.mean_seconds}};
  return result;
}

} // namespace tuner
