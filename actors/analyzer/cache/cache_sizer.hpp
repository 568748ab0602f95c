#pragma once

#include "actors/analyzer/cache/cache_learner.hpp"

#include <optional>
#include <string>

namespace tuner {

struct cache_sizer_params {
  cache_learner_params learn;
  climber_params climb;
  double pressure_ratio = 0.9;  ///< Memory used: more is cut at once.
  double relief_ratio = 0.8;    ///< To where it is cut.
  double headroom_ratio = 0.85; ///< To where it may grow.
  double full_ratio = 0.5; ///< Memory used by size: with less it won't grow.
  duration relief_time = std::chrono::seconds{10}; ///< Between two cuts.
  double gain_ratio_min = 0.03; ///< Of the present cost; twice to turn back.
  double step_ratio_min = 0.05; ///< Of the size, where chosen on the curve.
};

/// What only the caller knows.
struct cache_prices {
  double workers_per_gib = 0.05; ///< Price of memory, in busy workers.
  double miss_busy_s = 0; ///< Busy worker-seconds per miss; 0 is unknown.
  reading entry_bytes;    ///< Mean size of an entry, for want of a better one.
};

/// A size for the cache, and what it is expected to bring.
struct cache_proposal {
  double from_mib = 0;
  double to_mib = 0;
  std::string reason;     ///< In words for an operator.
  reading hit_ratio_now;  ///< On the curve, or measured where there is none.
  reading hit_ratio_then; ///< On the curve.
  reading workers_now;    ///< Cost: work of misses, and memory at its price.
  reading workers_then;
  bool urgent = false; ///< Memory pressure.
};

/// Chooses the size of a cache (A8). Of three ways the first that applies:
///
/// - *Pressure*: more memory is used than may be: shrink at once, in one step,
///   to where usage is expected at `relief_ratio`. Within `relief_time` of a
///   change only if usage has risen since.
/// - *Curve*, where the target names keys and the size of an entry is known
///   (`entry_size.hpp`): least price·size + work of a miss·accesses/s·miss
///   ratio(size) within the knob's bounds and the memory left. Where all keys
///   fit in, an entry may be smaller than can be told: then 0.6 times the size
///   is tried, until one is found at which it can.
/// - *Climb*, where not: try a step, keep it if it pays (`cache_climber.hpp`).
///   A cache less than half full does not grow.
///
/// Curve and climb wait for the refill and for 10,000 accesses
/// (`climb.accesses_min`).
class cache_sizer {
public:
  explicit cache_sizer(cache_sizer_params p = {});

  /// Learns from the newest sample.
  void watch(const sample& x);

  /// @returns what it takes to go on after a restart, as text; empty: nothing.
  std::string known() const;

  /// Goes on where another one was. Passes over what it can't read.
  void take_up(const std::string& known);

  /// @returns what to do at once about memory pressure.
  std::optional<cache_proposal> relief(const knob_spec& spec) const;

  /// @returns a better size within the bounds of `spec`, pressure first; or
  /// nothing, and `held_because` tells why.
  std::optional<cache_proposal>
  propose(const knob_spec& spec, const cache_prices& prices);

  /// @returns the knob whose value is the size.
  const std::string& knob() const { return params_.learn.knob; }

  const std::string& held_because() const { return held_because_; }

  /// @returns the threshold of hashes: keys above it need not be recorded.
  uint64_t keys_below() const { return learner_.curve().keys_below(); }

  /// @returns what it knows; `since_change` for `refilled` and `refill_time`.
  const cache_learner& learned() const { return learner_; }

private:
  std::string not_yet(const cache_prices& prices) const;
  size_bounds bounds(const knob_spec& spec) const;
  std::optional<cache_proposal>
  by_curve(const knob_spec& spec, const cache_costs& costs);
  cache_proposal expected(const cache_model& model, double to_mib) const;
  cache_proposal trial(double to_mib, const cache_costs& costs) const;
  std::optional<cache_proposal>
  by_climbing(const knob_spec& spec, const cache_costs& costs);

  cache_sizer_params params_;
  cache_learner learner_;
  cache_climber climber_;
  double last_step_mib_ = 0;
  std::string held_because_;
};

} // namespace tuner
