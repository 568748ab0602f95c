#include "actors/analyzer/cache/cache_aware.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr const char* curve_name = "miss_ratio_curve";
/// A trial of a cache waits for its refill no longer than this.
constexpr duration refill_max = std::chrono::minutes{10};
constexpr double fade = 0.98; ///< Of the past, with each sample.

} // namespace

cache_aware_policy::cache_aware_policy(
  std::unique_ptr<policy> other, objective aim)
  : other_(std::move(other)), aim_(aim) {}

void cache_aware_policy::watch(const sample& x) {
  other_->watch(x);
  if (x.cache_hits + x.cache_misses > 0)
    sizer_.watch(x);
  busy_ = fade * busy_ + std::max(seconds(x.busy), 0.0);
  batched_ = fade * batched_ + static_cast<double>(x.batched_requests);
}

/// @returns the knob of the cache, whatever it is called.
const knob_spec* cache_aware_policy::sized(const knob_table& knobs) {
  const auto* result = knobs.tunable(knob_role::cache_size);
  if (result && result->name != sizer_.knob()) {
    cache_sizer_params other;
    other.learn.knob = result->name;
    sizer_ = cache_sizer{other};
  }
  return result;
}

decision
cache_aware_policy::decide(const observation& seen, const knob_table& knobs) {
  auto result = other_->decide(seen, knobs);
  const auto* spec = sized(knobs);
  if (!result.moves.empty() || !spec || sizer_.learned().size_mib() <= 0)
    return result;
  cache_prices prices;
  prices.workers_per_gib = aim_.workers_per_gib;
  if (batched_ > 0)
    prices.miss_busy_s = busy_ / batched_;
  else if (aim_.miss_busy_s)
    prices.miss_busy_s = *aim_.miss_busy_s;
  if (auto better = sizer_.propose(*spec, prices))
    return resize(*better, *spec);
  return result;
}

decision cache_aware_policy::urgent(const knob_table& knobs) {
  const auto* spec = sized(knobs);
  if (spec && sizer_.learned().size_mib() > 0)
    if (auto smaller = sizer_.relief(*spec))
      return resize(*smaller, *spec);
  return other_->urgent(knobs);
}

decision cache_aware_policy::resize(
  const cache_proposal& x, const knob_spec& spec) const {
  decision result;
  result.moves.push_back({spec.name, x.from_mib, x.to_mib, x.reason});
  auto weigh = [&](double size, const reading& cost) {
    if (cost)
      result.considered.push_back({{{spec.name, size}}, 0, *cost, true});
  };
  weigh(x.to_mib, x.workers_then);
  weigh(x.from_mib, x.workers_now);
  result.settle = refill_after(x);
  return result;
}

/// A cache that grows shows what it is worth once as many misses have come as
/// there is room for entries.
duration cache_aware_policy::refill_after(const cache_proposal& x) const {
  const auto& known = sizer_.learned().since_change();
  auto seen = seconds(known.length);
  if (x.to_mib <= x.from_mib || known.misses == 0 || !(seen > 0))
    return {};
  auto next = known;
  next.from_mib = x.from_mib;
  next.to_mib = x.to_mib;
  auto misses_per_s = static_cast<double>(known.misses) / seen;
  auto wait = entries_to_insert(next) / misses_per_s;
  return std::min(refill_max, from_seconds(std::clamp(wait, 0.0, 86'400.0)));
}

knowledge cache_aware_policy::known() const {
  auto result = other_->known();
  if (auto curve = sizer_.known(); !curve.empty())
    result[curve_name] = std::move(curve);
  return result;
}

void cache_aware_policy::take_up(const knowledge& x) {
  other_->take_up(x);
  if (auto curve = x.find(curve_name); curve != x.end())
    sizer_.take_up(curve->second);
}

void cache_aware_policy::aim_at(const objective& x) {
  aim_ = x;
  other_->aim_at(x);
}

} // namespace tuner
