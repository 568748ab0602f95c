#include "app/simulation/sampler.hpp"

#include "actors/monitor/histogram.hpp"

#include <algorithm>

namespace tuner::simulation {

namespace {

duration of_seconds(double x) {
  return duration{static_cast<duration::rep>(x * 1e9)};
}

} // namespace

void sampler::arrived(double at) {
  current_.offered = current_.offered.value + 1;
  auto& times = current_.arrivals_us;
  if (times.size() < arrivals_max)
    times.push_back(static_cast<uint32_t>(
      of_seconds(at - opened_) / std::chrono::microseconds{1}));
  else if (cut_ == 0)
    cut_ = at;
}

void sampler::answered(double, double latency) {
  auto time = of_seconds(latency);
  auto bucket = bucket_of(static_cast<uint64_t>(time.count()));
  if (counts_[bucket]++ == 0)
    used_.push_back(bucket);
  current_.latency_sum += time;
  ++current_.completed;
}

void sampler::served(double, size_t size, size_t others, double took) {
  ++current_.batches;
  current_.batched_requests += size;
  current_.busy += of_seconds(took);
  keep(
    {static_cast<uint32_t>(size), static_cast<uint32_t>(others),
     static_cast<float>(took * 1e3)});
}

/// Reservoir sampling: J. S. Vitter, "Random sampling with a reservoir", 1985.
void sampler::keep(const batch_record& x) {
  auto& kept = current_.batch_records;
  if (kept.size() < batch_records_max) {
    kept.push_back(x);
    return;
  }
  auto place = random_.bits() % current_.batches;
  if (place < kept.size())
    kept[place] = x;
}

void sampler::looked_up(uint64_t key_hash, bool hit) {
  ++(hit ? current_.cache_hits : current_.cache_misses);
  names_keys_ = true;
  if (key_hash < keys_below_)
    current_.cache_keys.push_back(key_hash);
}

/// As the recorder does it (`key_list`): where there are too many keys, the
/// threshold falls for good, so far that the same would half fill a sample. If
/// a few keys are too many yet, there are none.
void sampler::report_keys() {
  auto& keys = current_.cache_keys;
  if (keys.size() > cache_keys_max) {
    auto share = cache_keys_max / 2.0 / static_cast<double>(keys.size());
    keys_below_ = std::max(
      static_cast<uint64_t>(static_cast<double>(keys_below_) * share),
      uint64_t{1});
    std::erase_if(keys, [this](auto x) { return x >= keys_below_; });
  }
  if (keys.size() > cache_keys_max)
    keys.clear();
  current_.cache_keys_below = names_keys_ ? keys_below_ : 0;
}

sample sampler::take(double at) {
  std::sort(used_.begin(), used_.end());
  for (auto bucket : used_)
    current_.latencies.push_back({bucket, std::exchange(counts_[bucket], 0)});
  used_.clear();
  current_.arrivals_until = of_seconds((cut_ > 0 ? cut_ : at) - opened_);
  report_keys();
  opened_ = at;
  cut_ = 0;
  sample next;
  next.offered = 0;
  return std::exchange(current_, std::move(next));
}

} // namespace tuner::simulation
