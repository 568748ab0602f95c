#pragma once

#include "actors/analyzer/cache/cache_sizer.hpp"
#include "tests/unit/cache_streams.hpp"

namespace tuner::test {

/// Entries of a simulated target in a MiB.
inline constexpr double entries_per_mib = 16;

inline knob_spec cache_knob(double min = 16, double max = 4096) {
  return {knob::cache_size, knob_role::cache_size, min, max, 1, "MiB", 256};
}

/// How a simulated target is used.
struct cache_load {
  std::size_t keys = 20'000; ///< 1250 MiB of them.
  std::size_t rate = 1'000;  ///< Accesses per second.
  bool names_keys = true;
  double other_mib = 500; ///< Memory beside the cache.
  double limit_mib = 1e6; ///< Of all memory.
  double zipf = 0.9;
};

/// A target with a real LRU cache, asked for keys as Zipf says.
class cache_target {
public:
  cache_target(double size_mib, cache_load load = {})
    : load_(load), draw_(load.keys, load.zipf), cache_(entries(size_mib)),
      size_mib_(size_mib) {}

  void resize(double size_mib) {
    cache_.resize(entries(size_mib));
    size_mib_ = size_mib;
    changed_at_ = now_;
  }

  /// From now on other keys are asked for.
  void shift(std::size_t keys) {
    draw_ = zipf_keys{keys, load_.zipf};
    first_key_ += 1'000'000;
  }

  /// @returns what it reports of its next second.
  sample next(uint64_t keys_below = miss_ratio_curve::all_keys) {
    sample result;
    result.opened_at = now_;
    now_ += std::chrono::seconds{1};
    result.closed_at = now_;
    for (std::size_t i = 0; i < load_.rate; ++i) {
      auto key = first_key_ + draw_(random_);
      ++(cache_.access(key) ? result.cache_hits : result.cache_misses);
      if (load_.names_keys && mixed(key) < keys_below)
        result.cache_keys.push_back(mixed(key));
    }
    result.cache_keys_below = load_.names_keys ? keys_below : 0;
    result.in_force[knob::cache_size] = size_mib_;
    result.in_force_since = changed_at_;
    result.memory_mib = memory_mib();
    result.memory_used_ratio = memory_mib() / load_.limit_mib;
    return result;
  }

  double size_mib() const { return size_mib_; }

  double memory_mib() const {
    return load_.other_mib
      + static_cast<double>(cache_.filled()) / entries_per_mib;
  }

private:
  static std::size_t entries(double mib) {
    return static_cast<std::size_t>(mib * entries_per_mib);
  }

  cache_load load_;
  std::mt19937_64 random_{7};
  zipf_keys draw_;
  simulated_cache cache_;
  double size_mib_;
  uint32_t first_key_ = 0;
  instant now_{std::chrono::hours{1}};
  instant changed_at_{};
};

/// What happened to a target while a sizer had its way.
struct tuned {
  std::vector<cache_proposal> moves;
  double last_move_s = 0;
};

/// Lets the sizer propose every 10 s and does what it says.
inline tuned tune(
  cache_target& target, cache_sizer& sizer, const cache_prices& prices,
  int for_seconds, const knob_spec& spec = cache_knob()) {
  tuned result;
  for (int i = 1; i <= for_seconds; ++i) {
    sizer.watch(target.next(sizer.keys_below()));
    if (i % 10 != 0)
      continue;
    if (auto move = sizer.propose(spec, prices)) {
      result.moves.push_back(*move);
      result.last_move_s = i;
      target.resize(move->to_mib);
    }
  }
  return result;
}

/// @returns the curve of Zipf keys when all of them have been asked for.
inline exact_curve settled_curve(std::size_t keys, double zipf = 0.9) {
  std::mt19937_64 random{8};
  zipf_keys draw{keys, zipf};
  std::vector<uint32_t> stream(600'000);
  for (auto& x : stream)
    x = draw(random);
  return exact_curve{stream, 300'000};
}

/// Prices at which the knee of the simulated target is in between.
inline cache_prices prices_with_knee() {
  return {4, 0.01, {}};
}

/// @returns the cost of a size in busy workers, on the exact curve.
inline double
exact_cost(const exact_curve& curve, double size_mib, double rate = 1'000) {
  auto prices = prices_with_knee();
  return prices.workers_per_gib * size_mib / 1024
    + rate * prices.miss_busy_s * curve.miss_ratio(size_mib * entries_per_mib);
}

/// @returns the least cost of all sizes of the knob.
inline double least_cost(const exact_curve& curve, double rate = 1'000) {
  auto result = exact_cost(curve, 16, rate);
  for (double size = 17; size <= 4096; ++size)
    result = std::min(result, exact_cost(curve, size, rate));
  return result;
}

} // namespace tuner::test
