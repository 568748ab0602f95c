#include "actors/model/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tuner::model {

what_if::what_if(const service_table& service, size_t workers, double quantile)
  : service_(service), free_at_(std::max<size_t>(workers, 1)),
    quantile_(quantile) {}

what_if::effort
what_if::serve(const trial_load& load, const batching& how, replayed* told) {
  const auto& at = load.arrivals;
  const auto& luck = *load.luck;
  std::fill(free_at_.begin(), free_at_.end(), 0.0);
  latencies_.resize(at.size());
  effort result;
  auto draw = load.luck_from;
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
      * luck[draw++ % luck.size()];
    result.busy_seconds += took;
    result.largest_batch = std::max(result.largest_batch, tail - head);
    auto end = *worker = start + took;
    if (told)
      told->shares.insert(
        told->shares.end(), tail - head,
        static_cast<float>(took / static_cast<double>(tail - head)));
    for (; head < tail; ++head)
      latencies_[head] = static_cast<float>(end - at[head]);
  }
  latencies_.erase(
    latencies_.begin(),
    latencies_.begin()
      + static_cast<std::ptrdiff_t>(std::min(load.scored_from, at.size())));
  return result;
}

/// Appends the `kept` largest of a part to those of the others, the smallest of
/// them first. @param usual a value that most of a part are below, if it is
/// like the one before: the rest are then found in a fraction of the time.
void what_if::keep_largest(
  std::span<const float> part, size_t kept, float usual) {
  auto before = largest_.size();
  largest_.resize(before + part.size());
  auto first = largest_.begin() + static_cast<std::ptrdiff_t>(before);
  auto end = first;
  for (auto x : part) { // Without a branch.
    *end = x;
    end += x >= usual;
  }
  if (static_cast<size_t>(end - first) < kept)
    end = std::copy(part.begin(), part.end(), first);
  auto tail = end - static_cast<std::ptrdiff_t>(kept);
  std::nth_element(first, tail, end);
  largest_.erase(std::copy(tail, end, first), largest_.end());
}

/// @returns the quantile of each part, and keeps the part's largest latencies,
/// twice as many as lie beyond it.
std::array<double, what_if::parts> what_if::part_quantiles(size_t length) {
  std::array<double, parts> result{};
  auto kept = std::clamp<size_t>(
    static_cast<size_t>(
      std::ceil(2 * (1 - quantile_) * static_cast<double>(length))),
    1, length);
  auto place = rank_of(quantile_, length);
  kept = std::max(kept, length - place);
  std::span<const float> left{latencies_};
  auto rest = left.subspan(parts * length);
  largest_.assign(rest.begin(), rest.end());
  others_up_to_ = 0;
  float usual = 0;
  for (auto& x : result) {
    keep_largest(left.first(length), kept, usual);
    left = left.subspan(length);
    auto tail = largest_.end() - static_cast<std::ptrdiff_t>(kept);
    usual = 0.9f * *tail;
    if (kept < length)
      others_up_to_ = std::max(others_up_to_, *tail);
    auto at = largest_.end() - static_cast<std::ptrdiff_t>(length - place);
    std::nth_element(tail, at, largest_.end());
    x = static_cast<double>(*at);
  }
  return result;
}

/// @returns the quantile of all: of the largest of the parts if they hold it,
/// which takes a tenth of the time.
float what_if::whole_quantile() {
  auto beyond = latencies_.size() - rank_of(quantile_, latencies_.size());
  if (beyond <= largest_.size()) {
    auto at = largest_.end() - static_cast<std::ptrdiff_t>(beyond);
    std::nth_element(largest_.begin(), at, largest_.end());
    if (*at >= others_up_to_)
      return *at;
  }
  return quantile_of(latencies_.begin(), latencies_.end(), quantile_);
}

void what_if::replay(
  const trial_load& load, const batching& how, replayed& result) {
  result.shares.clear();
  latencies_.clear();
  if (service_.largest() > 0)
    serve({load.arrivals, 0, load.luck, load.luck_from}, how, &result);
  result.latencies = latencies_;
}

expectation what_if::run(const trial_load& load, const batching& how) {
  expectation result;
  if (load.arrivals.empty() || service_.largest() == 0)
    return result;
  auto [busy, largest_batch] = serve(load, how);
  result.largest_batch = largest_batch;
  auto span = load.arrivals.back() - std::min(0.0, load.arrivals.front());
  result.busy_workers = span > 0 ? busy / span : 0;
  double total = 0;
  for (auto x : latencies_)
    total += static_cast<double>(x);
  result.mean_ms =
    1e3 * total / std::max(1.0, static_cast<double>(latencies_.size()));
  auto length = latencies_.size() / parts;
  if (length == 0)
    return result;
  auto p95s = part_quantiles(length);
  auto sum = std::accumulate(p95s.begin(), p95s.end(), 0.0);
  double squares = 0;
  for (auto x : p95s)
    squares += x * x;
  auto variance = (squares - sum * sum / parts) / (parts - 1);
  result.p95_sd_ms = 1e3 * std::sqrt(std::max(variance, 0.0));
  // The mean of the parts is a little low, but good enough for a glance.
  result.p95_ms = 1e3
    * (latencies_.size() < 1000 ? sum / parts
                                : static_cast<double>(whole_quantile()));
  return result;
}

} // namespace tuner::model
