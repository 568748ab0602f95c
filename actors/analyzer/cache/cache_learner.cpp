#include "actors/analyzer/cache/cache_learner.hpp"

#include "actors/analyzer/cache/entry_size.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double mib = 1024 * 1024;
constexpr double length_max_s = 3600;
constexpr double evidence_max = 200'000; // Accesses.
constexpr double evidence_min = 2'000;
constexpr double evidence_lot = 10'000; // Taken together, without keys.
/// Of the hit ratio, from one lot to another: 10 standard errors.
constexpr double shift_min = 0.05;

bool positive(reading x) {
  return x && std::isfinite(*x) && *x > 0;
}

/// @returns seconds from one to the other, also where nanoseconds overflow.
double seconds_between(instant from, instant to) {
  return seconds(to.time_since_epoch()) - seconds(from.time_since_epoch());
}

double length_s(const sample& x) {
  return std::clamp(
    seconds_between(x.opened_at, x.closed_at), 0.0, length_max_s);
}

double accesses_of(const sample& x) {
  return static_cast<double>(x.cache_hits)
    + static_cast<double>(x.cache_misses);
}

bool is_mixed(const sample& x) {
  return x.in_force_since > x.opened_at;
}

} // namespace

cache_learner::cache_learner(cache_learner_params p) : params_(std::move(p)) {}

std::optional<cache_evidence> cache_learner::watch(const sample& x) {
  seen_until_ = x.closed_at;
  names_keys_ = x.cache_keys_below > 0;
  learn_rate(x);
  learn_keys(x);
  auto left = learn_size(x);
  if (!is_mixed(x)) {
    used_ratio_ = x.memory_used_ratio;
    used_mib_ = x.memory_mib;
    learn_hits(x);
  }
  stream_ += accesses_of(x);
  learn_entry();
  return left;
}

std::optional<cache_knowledge> cache_learner::known() const {
  if (!names_keys_)
    return std::nullopt;
  cache_knowledge result{curve_.memory(), stream_, {}, entry_is_bound_};
  if (entry_measured_ || entry_is_bound_)
    result.entry_bytes = since_change_.entry_bytes;
  return result;
}

void cache_learner::take_up(const cache_knowledge& x) {
  curve_.restore(x.curve);
  stream_ = x.stream;
  since_change_.entry_bytes = x.entry_bytes;
  entry_is_bound_ = x.entry_is_bound;
  entry_measured_ = x.entry_bytes && !x.entry_is_bound;
}

void cache_learner::learn_rate(const sample& x) {
  auto fade = std::exp2(-length_s(x) / std::max(params_.rate_half_life_s, 1.0));
  rate_accesses_ = rate_accesses_ * fade + accesses_of(x);
  rate_seconds_ = rate_seconds_ * fade + length_s(x);
}

double cache_learner::accesses_per_s() const {
  return rate_seconds_ > 0 ? rate_accesses_ / rate_seconds_ : 0;
}

double cache_learner::faded(const sample& x) const {
  auto accesses = accesses_of(x);
  // Reuses deep in the cache take several times as many accesses as it holds.
  auto half_life =
    std::max(params_.half_life_accesses, 4 * entries_held_at_most());
  auto share = std::min(
    length_s(x) / std::max(params_.half_life_s, 1.0), accesses / half_life);
  // While the stream is short, half of it: the first accesses are all misses.
  if (accesses > 0)
    share = std::max(share, 2 * accesses / (stream_ + accesses));
  return std::exp2(-share);
}

void cache_learner::learn_keys(const sample& x) {
  if (!names_keys_)
    return;
  curve_.age(faded(x));
  curve_.limit_to(x.cache_keys_below);
  for (auto key : x.cache_keys)
    curve_.access(key);
  auto all = accesses_of(x);
  auto named = static_cast<double>(x.cache_keys.size());
  if (all > named)
    curve_.skip(static_cast<uint64_t>(std::min(all - named, 0x1p62)));
}

std::optional<cache_evidence> cache_learner::learn_size(const sample& x) {
  auto found = x.in_force.find(params_.knob);
  auto size = found == x.in_force.end() ? 0 : found->second;
  if (!std::isfinite(size) || size < 0)
    size = 0;
  if (size == now_.size_mib)
    return std::nullopt;
  auto left = now_;
  since_change_ = {
    filled_mib(),
    size,
    since_change_.entry_bytes,
    since_change_.distinct_keys,
    0,
    0,
    {}};
  now_ = {size, 0, 0};
  lately_ = {};
  if (left.size_mib == 0)
    return std::nullopt;
  changed_at_ = x.closed_at;
  used_ratio_at_change_ = used_ratio_;
  return left;
}

void cache_learner::learn_hits(const sample& x) {
  auto was_refilled = refilled(since_change_);
  since_change_.hits += x.cache_hits;
  since_change_.misses += x.cache_misses;
  auto length = seconds(since_change_.length) + length_s(x);
  since_change_.length = from_seconds(std::min(length, 1e9));
  since_change_.distinct_keys = {};
  if (names_keys_ && saw_each_key())
    since_change_.distinct_keys = curve_.distinct_keys();
  if (!was_refilled)
    return;
  lately_.hits += static_cast<double>(x.cache_hits);
  lately_.misses += static_cast<double>(x.cache_misses);
  if (names_keys_)
    add_evidence(faded(x));
  else if (lately_.accesses() >= evidence_lot)
    add_evidence(is_shift() ? 0 : now_.accesses() > evidence_max ? 0.5 : 1);
}

/// @returns whether the hits are others than they were at the same size: no
/// keys tell by how much older ones should fade.
bool cache_learner::is_shift() const {
  return now_.accesses() >= evidence_lot
    && std::abs(lately_.miss_ratio() - now_.miss_ratio()) > shift_min;
}

void cache_learner::add_evidence(double fade) {
  now_.hits = now_.hits * fade + lately_.hits;
  now_.misses = now_.misses * fade + lately_.misses;
  lately_ = {};
}

void cache_learner::assume_entry(reading bytes) {
  if (entry_measured_ || !positive(bytes))
    return;
  since_change_.entry_bytes = bytes;
  entry_is_bound_ = false;
}

void cache_learner::learn_entry() {
  if (
    !names_keys_ || curve_is_young() || now_.accesses() < evidence_min
    || now_.size_mib <= 0)
    return;
  auto held = entries_held(curve_, now_.miss_ratio());
  if (!held)
    return;
  auto& known = since_change_.entry_bytes;
  auto bytes = now_.size_mib * mib / held->entries;
  if (!held->or_more) {
    known = bytes;
    entry_measured_ = true;
    entry_is_bound_ = false;
  } else if (!positive(known) || (entry_is_bound_ && bytes < *known)) {
    // Sizes chosen by the bound are rather too large than too small, and there
    // an entry is measured again.
    known = bytes;
    entry_is_bound_ = true;
  }
}

double cache_learner::entries_held_at_most() const {
  return positive(since_change_.entry_bytes)
    ? now_.size_mib * mib / *since_change_.entry_bytes
    : 0;
}

bool cache_learner::saw_each_key() const {
  return stream_ >= 4 * curve_.distinct_keys();
}

bool cache_learner::curve_is_young() const {
  return !saw_each_key() && 2 * entries_held_at_most() > curve_.distinct_keys();
}

double cache_learner::filled_mib() const {
  auto size = now_.size_mib;
  // A cache that was there before is taken to be full: who says it is not?
  if (!changed_at_ || !positive(since_change_.entry_bytes))
    return size;
  auto entry_mib = *since_change_.entry_bytes / mib;
  auto result = size;
  if (!refilled(since_change_))
    result = since_change_.from_mib
      + static_cast<double>(since_change_.misses) * entry_mib;
  return std::min(size, result);
}

cache_memory cache_learner::memory() const {
  return {used_ratio_, used_mib_, now_.size_mib, filled_mib()};
}

bool cache_learner::settling(duration ago) const {
  if (!changed_at_ || seconds_between(*changed_at_, seen_until_) > seconds(ago))
    return false;
  auto risen = used_ratio_ && used_ratio_at_change_
    && *used_ratio_ > *used_ratio_at_change_;
  return !risen;
}

} // namespace tuner
