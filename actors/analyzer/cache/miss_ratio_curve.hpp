#pragma once

#include "actors/analyzer/cache/cache_knowledge.hpp"
#include "actors/analyzer/cache/position_histogram.hpp"
#include "actors/analyzer/cache/recency_counts.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace tuner {

/// The miss ratio an LRU cache would have at every size, from the stream of
/// keys asked for: SHARDS of fixed size (Waldspurger, Park, Garthwaite, Ahmad:
/// "Efficient MRC Construction with SHARDS", FAST '15).
///
/// Only keys with hash < T are followed, a share R = T ÷ 2^64 of all. When one
/// asks for a followed key again, d followed keys having been asked for since,
/// it would have been found at position 1 + d ÷ R of the stack: a hit for
/// caches of that many entries or more. Each such access stands for 1 ÷ R. More
/// followed keys than fit: the one with the largest hash h is dropped and T
/// becomes h. What the paper rescales afterwards (counts by T_new ÷ T_old) is
/// kept in accesses here, where the rescaled counts would be divided by R.
/// SHARDS-adj: accesses that really came, less those stood for, count as
/// position 1, as it is mostly the hottest keys that are in or out by luck.
///
/// Beyond the paper: counts fade (`age`); keys not asked for in `kept_for`
/// half-lives are dropped; and T rises when few keys are left, so that keys
/// that come and go don't blunt it over the days. After a rise from T_old an
/// access whose key was last asked for before it can be judged only where hash
/// < T_old and stands for 1 ÷ R_old; keys passed over count 1 ÷ R_old where
/// last asked for before the rise, else 1 ÷ R.
///
/// Fails for hashes that aren't uniform (mix them well) and for caches far from
/// LRU. Standard error about 1 ÷ √samples. First accesses are misses, so
/// a young curve is too high.
class miss_ratio_curve {
public:
  static constexpr std::size_t samples_default = 16384;
  static constexpr uint64_t all_keys = std::numeric_limits<uint64_t>::max();
  static constexpr uint32_t kept_for = 6; ///< Half-lives.

  /// @param samples_max keys followed at once, at least 16; 36 bytes each, so
  ///   606 KiB by default, from the first key on.
  explicit miss_ratio_curve(std::size_t samples_max = samples_default);

  /// Someone asked for the key with this hash. O(log samples) for a followed
  /// key; a new one is inserted into a sorted vector.
  void access(uint64_t hash);

  /// `count` accesses passed whose hashes were not below the limit.
  void skip(uint64_t count) { accesses_ += static_cast<double>(count); }

  /// From now on only keys with hashes below `threshold` will be shown; 0 is
  /// none, `all_keys` all.
  void limit_to(uint64_t threshold);

  /// Multiplies what was counted by `factor`, from 0 to 1; others do nothing.
  void age(double factor);

  /// @returns misses ÷ accesses of an LRU cache of that many entries, in
  /// [0, 1]; 1 where nothing is known. O(1): 4096 additions.
  double miss_ratio(double entries) const;

  /// @returns about how many keys were asked for within `kept_for` half-lives.
  double distinct_keys() const;

  /// @returns accesses, the faded ones in part.
  double accesses() const { return accesses_; }

  /// @returns the threshold to show keys below; other keys tell it nothing.
  uint64_t keys_below() const;

  /// @returns what it takes to go on after a restart, with at most so many of
  /// its keys, as if it had followed only these.
  curve_memory memory(std::size_t keys_max = 2048) const;

  /// Goes on where another one was, if it has seen nothing itself yet.
  void restore(const curve_memory& x);

  /// @returns keys followed at the moment.
  std::size_t samples() const { return keys_.size(); }

  /// @returns all memory it holds.
  std::size_t bytes() const;

private:
  struct followed_key {
    uint64_t hash;
    uint32_t slot;      ///< When it was last asked for, in `recency_`.
    uint32_t half_life; ///< The same, in half-lives since the start.
  };

  /// When the threshold last rose, and from where.
  struct rise {
    std::size_t slot = 0;
    uint64_t threshold = all_keys;
    uint32_t half_life = 0;
  };

  void make_room();
  double weight() const;
  double weight_before_rise() const;
  void count_reuse(const followed_key& key);
  void count_first(uint64_t hash);
  uint32_t next_slot();
  void compact();
  void drop_largest();
  void drop_old();
  bool may_rise() const;
  uint64_t risen_threshold() const;
  void rise_if_sparse();

  std::size_t samples_max_;
  std::vector<followed_key> keys_; // Ascending by hash.
  std::vector<uint32_t> by_slot_;  // Scratch space of `compact`.
  recency_counts recency_{0};
  std::size_t next_slot_ = 0;
  position_histogram reuses_;
  double firsts_ = 0; // Weight of first accesses.
  double accesses_ = 0;
  uint64_t limit_ = all_keys;
  uint64_t threshold_ = all_keys;
  double half_life_part_ = 0; // Since `half_life_` began.
  uint32_t half_life_ = 0;
  uint32_t threshold_fell_ = 0; // In half-lives since the start.
  rise rise_;
};

} // namespace tuner
