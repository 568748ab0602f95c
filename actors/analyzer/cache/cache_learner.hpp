#pragma once

#include "actors/analyzer/cache/cache_climber.hpp"
#include "actors/analyzer/cache/cache_memory.hpp"
#include "actors/analyzer/cache/miss_ratio_curve.hpp"
#include "actors/analyzer/cache/refill.hpp"
#include "messages/sample.hpp"

#include <optional>
#include <string>

namespace tuner {

struct cache_learner_params {
  std::string knob = knob::cache_size; ///< Whose value is the size in MiB.
  double half_life_s = 300;            ///< Of what the curve counted.
  double half_life_accesses = 50'000;  ///< The same, if that takes longer.
  double rate_half_life_s = 60;        ///< Of the rate of accesses.
};

/// What the samples of a target say of its cache. Samples during which the
/// settings changed only teach it the keys.
class cache_learner {
public:
  explicit cache_learner(cache_learner_params p = {});

  /// Learns from the newest sample.
  /// @returns if the size changed, what was known of the size left.
  std::optional<cache_evidence> watch(const sample& x);

  /// @param bytes per entry for as long as the curve and the hits measured
  ///   don't tell.
  void assume_entry(reading bytes);

  /// @returns what it takes to go on after a restart; nothing where no keys are
  /// named.
  std::optional<cache_knowledge> known() const;

  /// Goes on where another one was, before the first sample.
  void take_up(const cache_knowledge& x);

  double size_mib() const { return now_.size_mib; } ///< 0 is unknown.
  double accesses_per_s() const;
  const miss_ratio_curve& curve() const { return curve_; }
  bool names_keys() const { return names_keys_; }

  /// @returns whether an entry may be smaller than `since_change` says: all
  /// keys fit in, so that the cache tells no more.
  bool entry_is_bound() const { return entry_is_bound_; }

  /// @returns hits and misses since the refill, the older ones in part, or
  /// not at all where they are of other traffic.
  const cache_evidence& evidence() const { return now_; }

  /// @returns what happened since the size changed, to ask when it is refilled.
  const refill_totals& since_change() const { return since_change_; }

  /// @returns how the memory is used, as far as known.
  cache_memory memory() const;

  /// @returns whether the size changed less than `ago` before the newest
  /// sample, and the share of memory used has not risen since.
  bool settling(duration ago) const;

  /// @returns whether the curve may still take old keys for new ones: it began
  /// after the cache, so it must have seen twice as many keys as the cache
  /// holds, or every key four times.
  bool curve_is_young() const;

private:
  double faded(const sample& x) const;
  void learn_rate(const sample& x);
  void learn_keys(const sample& x);
  std::optional<cache_evidence> learn_size(const sample& x);
  void learn_hits(const sample& x);
  bool is_shift() const;
  void add_evidence(double fade);
  void learn_entry();
  double filled_mib() const;
  bool saw_each_key() const;
  double entries_held_at_most() const;

  cache_learner_params params_;
  miss_ratio_curve curve_;
  refill_totals since_change_;
  cache_evidence now_;
  cache_evidence lately_; ///< Since the refill too, but not yet in `now_`.
  std::optional<instant> changed_at_;
  instant seen_until_{};
  reading used_ratio_at_change_;
  reading used_ratio_;
  reading used_mib_;
  double rate_accesses_ = 0; // Faded.
  double rate_seconds_ = 0;  // Faded the same.
  double stream_ = 0;        // Accesses since the start.
  bool names_keys_ = false;
  bool entry_measured_ = false;
  bool entry_is_bound_ = false;
};

} // namespace tuner
