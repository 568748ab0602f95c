#include "actors/analyzer/twin/what_if.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::twin {

namespace {

constexpr size_t parts = 5;

} // namespace

float quantile_of(
  std::vector<float>::iterator begin, std::vector<float>::iterator end,
  double q) {
  if (begin == end)
    return 0;
  auto count = end - begin;
  auto rank =
    static_cast<std::ptrdiff_t>(std::ceil(q * static_cast<double>(count)));
  auto place = begin + std::clamp<std::ptrdiff_t>(rank - 1, 0, count - 1);
  std::nth_element(begin, place, end);
  return *place;
}

what_if::what_if(const service_table& service, size_t workers, double quantile)
  : service_(service), free_at_(std::max<size_t>(workers, 1)),
    quantile_(quantile) {}

/// @returns the time that all batches took together.
double what_if::serve(const trial_load& load, const batching& how) {
  const auto& at = load.arrivals;
  const auto& luck = *load.luck;
  std::fill(free_at_.begin(), free_at_.end(), 0.0);
  latencies_.resize(at.size());
  double busy = 0;
  size_t batches = 0;
  for (size_t head = 0; head < at.size();) {
    auto worker = std::min_element(free_at_.begin(), free_at_.end());
    auto full = head + how.size - 1;
    auto ready = at[head] + how.timeout_seconds;
    if (full < at.size())
      ready = std::min(ready, at[full]);
    auto start = std::max({ready, *worker, 0.0});
    auto limit = std::min(head + how.size, at.size());
    auto tail = head + 1;
    while (tail < limit && at[tail] <= start)
      ++tail;
    size_t others = 0;
    for (auto x : free_at_)
      others += x > start;
    auto size = std::min(tail - head, service_.largest());
    auto took = service_.seconds[size]
      * (1 + service_.contention * static_cast<double>(others))
      * luck[batches++ % luck.size()];
    busy += took;
    auto end = *worker = start + took;
    for (; head < tail; ++head)
      latencies_[head] = static_cast<float>(end - at[head]);
  }
  latencies_.erase(
    latencies_.begin(),
    latencies_.begin()
      + static_cast<std::ptrdiff_t>(std::min(load.scored_from, at.size())));
  return busy;
}

expectation what_if::run(const trial_load& load, const batching& how) {
  expectation result;
  if (load.arrivals.empty() || service_.largest() == 0)
    return result;
  auto busy = serve(load, how);
  auto span = load.arrivals.back() - std::min(0.0, load.arrivals.front());
  result.busy_workers = span > 0 ? busy / span : 0;
  double total = 0;
  for (auto x : latencies_)
    total += static_cast<double>(x);
  result.mean_ms =
    1e3 * total / std::max(1.0, static_cast<double>(latencies_.size()));
  // First the parts: picking quantiles changes the order only within them.
  double sum = 0;
  double squares = 0;
  auto length = latencies_.size() / parts;
  if (length == 0)
    return result;
  for (size_t i = 0; i < parts; ++i) {
    auto begin = latencies_.begin() + static_cast<std::ptrdiff_t>(i * length);
    auto x = static_cast<double>(quantile_of(
      begin, begin + static_cast<std::ptrdiff_t>(length), quantile_));
    sum += x;
    squares += x * x;
  }
  auto variance = (squares - sum * sum / parts) / (parts - 1);
  result.p95_sd_ms = 1e3 * std::sqrt(std::max(variance, 0.0));
  // The mean of the parts is a little low, but good enough for a glance.
  result.p95_ms = latencies_.size() < 1000 ? 1e3 * sum / parts
                                           : 1e3
      * static_cast<double>(quantile_of(
        latencies_.begin(), latencies_.end(), quantile_));
  return result;
}

} // namespace tuner::twin
