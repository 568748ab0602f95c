#include "actors/analyzer/cache/miss_ratio_curve.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tuner {

namespace {

constexpr std::size_t samples_min = 16;
constexpr std::size_t slots_per_sample = 4;

/// @returns how many accesses one with a hash below `threshold` stands for.
double weight_below(uint64_t threshold) {
  return threshold == 0 ? 0 : 0x1p64 / static_cast<double>(threshold);
}

} // namespace

miss_ratio_curve::miss_ratio_curve(std::size_t samples_max)
  : samples_max_(std::clamp(samples_max, samples_min, std::size_t{1} << 24)) {}

/// Most targets of a node name no keys.
void miss_ratio_curve::make_room() {
  if (recency_.slots() > 0)
    return;
  recency_ = recency_counts{samples_max_ * slots_per_sample};
  keys_.reserve(samples_max_ + 1);
  by_slot_.reserve(samples_max_ + 1);
}

double miss_ratio_curve::weight() const {
  return weight_below(threshold_);
}

double miss_ratio_curve::weight_before_rise() const {
  return weight_below(std::min(threshold_, rise_.threshold));
}

void miss_ratio_curve::access(uint64_t hash) {
  accesses_ += 1;
  hash = std::min(hash, all_keys - 1); // So that `all_keys` is above them all.
  if (hash >= threshold_)
    return;
  make_room();
  auto slot = next_slot();
  auto at = std::lower_bound(
    keys_.begin(), keys_.end(), hash,
    [](const followed_key& x, uint64_t y) { return x.hash < y; });
  recency_.take(slot);
  if (at != keys_.end() && at->hash == hash) {
    count_reuse(*at);
    recency_.free(at->slot);
    *at = {hash, slot, half_life_};
    return;
  }
  count_first(hash);
  keys_.insert(at, {hash, slot, half_life_});
  if (keys_.size() > samples_max_)
    drop_largest();
}

void miss_ratio_curve::count_reuse(const followed_key& key) {
  // The key itself is in there twice: at its old slot, and as the newest.
  auto since = recency_.count_from(key.slot) - 2;
  auto before_rise = key.slot < rise_.slot;
  auto since_rise = before_rise ? recency_.count_from(rise_.slot) - 1 : since;
  auto passed = static_cast<double>(since_rise) * weight()
    + static_cast<double>(since - since_rise) * weight_before_rise();
  reuses_.add(1 + passed, before_rise ? weight_before_rise() : weight());
}

void miss_ratio_curve::count_first(uint64_t hash) {
  // Above the old threshold it may only seem to be the first.
  if (hash < rise_.threshold)
    firsts_ += weight_before_rise();
}

uint32_t miss_ratio_curve::next_slot() {
  if (next_slot_ == recency_.slots())
    compact();
  return static_cast<uint32_t>(next_slot_++);
}

void miss_ratio_curve::compact() {
  by_slot_.resize(keys_.size());
  std::iota(by_slot_.begin(), by_slot_.end(), 0u);
  std::sort(by_slot_.begin(), by_slot_.end(), [this](uint32_t x, uint32_t y) {
    return keys_[x].slot < keys_[y].slot;
  });
  rise_.slot = keys_.size() - recency_.count_from(rise_.slot);
  for (uint32_t i = 0; i < by_slot_.size(); ++i)
    keys_[by_slot_[i]].slot = i;
  recency_.take_first(keys_.size());
  next_slot_ = keys_.size();
}

void miss_ratio_curve::drop_largest() {
  threshold_ = keys_.back().hash;
  threshold_fell_ = half_life_;
  recency_.free(keys_.back().slot);
  keys_.pop_back();
}

void miss_ratio_curve::limit_to(uint64_t threshold) {
  limit_ = threshold;
  while (!keys_.empty() && keys_.back().hash >= threshold)
    drop_largest();
  if (threshold < threshold_) {
    threshold_ = threshold;
    threshold_fell_ = half_life_;
  }
  rise_if_sparse();
}

void miss_ratio_curve::age(double factor) {
  if (!(factor >= 0 && factor < 1))
    return;
  reuses_.scale(factor);
  firsts_ *= factor;
  accesses_ *= factor;
  half_life_part_ += std::min(-std::log2(factor), kept_for + 1.0);
  auto whole = std::floor(half_life_part_);
  half_life_part_ -= whole;
  half_life_ += static_cast<uint32_t>(whole);
  if (whole > 0)
    drop_old();
  rise_if_sparse();
}

void miss_ratio_curve::drop_old() {
  std::erase_if(keys_, [this](const followed_key& x) {
    auto old = half_life_ - x.half_life > kept_for;
    if (old)
      recency_.free(x.slot);
    return old;
  });
  if (half_life_ - rise_.half_life > kept_for)
    rise_ = {0, all_keys, half_life_};
}

bool miss_ratio_curve::may_rise() const {
  return keys_.size() < samples_max_ / 4 && rise_.threshold >= threshold_
    && half_life_ - threshold_fell_ > 0;
}

uint64_t miss_ratio_curve::risen_threshold() const {
  if (keys_.empty())
    return all_keys;
  auto factor =
    0.5 * static_cast<double>(samples_max_) / static_cast<double>(keys_.size());
  auto risen = factor * static_cast<double>(threshold_);
  return risen < 0x1p64 ? static_cast<uint64_t>(risen) : all_keys;
}

void miss_ratio_curve::rise_if_sparse() {
  if (limit_ <= threshold_ || !may_rise())
    return;
  rise_ = {next_slot_, threshold_, half_life_};
  threshold_ = std::min(limit_, risen_threshold());
}

uint64_t miss_ratio_curve::keys_below() const {
  return may_rise() ? risen_threshold() : threshold_;
}

double miss_ratio_curve::miss_ratio(double entries) const {
  if (!(accesses_ > 0) || !(entries >= 1))
    return 1;
  auto stood_for = reuses_.total() + firsts_;
  if (!(stood_for > 0))
    return 1;
  auto hits = reuses_.weight_up_to(entries) + accesses_ - stood_for;
  return std::clamp(1 - hits / accesses_, 0.0, 1.0);
}

double miss_ratio_curve::distinct_keys() const {
  auto since_rise = recency_.count_from(rise_.slot);
  auto before = keys_.size() - since_rise;
  return static_cast<double>(since_rise) * weight()
    + static_cast<double>(before) * weight_before_rise();
}

curve_memory miss_ratio_curve::memory(std::size_t keys_max) const {
  curve_memory result;
  // Below the threshold before a rise, nothing is missing of the past.
  result.threshold = std::min(threshold_, rise_.threshold);
  if (keys_.size() > keys_max)
    result.threshold = std::min(result.threshold, keys_[keys_max].hash);
  std::vector<followed_key> kept;
  for (const auto& key : keys_)
    if (key.hash < result.threshold)
      kept.push_back(key);
  std::sort(kept.begin(), kept.end(), [](const auto& x, const auto& y) {
    return x.slot < y.slot;
  });
  for (const auto& key : kept)
    result.keys.push_back(key.hash);
  result.reuses = reuses_.filled();
  result.firsts = firsts_;
  result.accesses = accesses_;
  return result;
}

void miss_ratio_curve::restore(const curve_memory& x) {
  if (accesses_ > 0 || !(x.accesses > 0))
    return;
  make_room();
  for (auto hash : x.keys)
    if (keys_.size() < samples_max_) {
      keys_.push_back({hash, next_slot(), half_life_});
      recency_.take(keys_.back().slot);
    }
  std::sort(keys_.begin(), keys_.end(), [](const auto& y, const auto& z) {
    return y.hash < z.hash;
  });
  for (const auto& [bucket, weight] : x.reuses)
    reuses_.fill(bucket, weight);
  firsts_ = x.firsts;
  accesses_ = x.accesses;
  threshold_ = x.threshold;
}

std::size_t miss_ratio_curve::bytes() const {
  return sizeof(*this) + keys_.capacity() * sizeof(followed_key)
    + by_slot_.capacity() * sizeof(uint32_t) + recency_.heap_bytes()
    + reuses_.heap_bytes();
}

} // namespace tuner
