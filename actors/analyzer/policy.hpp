#pragma once

#include "messages/facts.hpp"
#include "messages/sample.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// Where the knobs should go, and what else was weighed.
struct decision {
  std::vector<knob_move> moves;      ///< Each with its reason; none means hold.
  std::string reason;                ///< Of a hold, in words; may be empty.
  std::vector<candidate> considered; ///< Best first; may be empty.
  duration settle{}; ///< Until the moves show what they are worth.
};

/// What every policy may want to know of its target beside the samples.
struct objective {
  reading p95_slo_ms;            ///< Unknown: as fast as possible.
  double workers_per_gib = 0.05; ///< Price of memory, in busy workers.
  reading miss_busy_s = {};      ///< Of a cache miss, where no batches tell.
};

/// What a policy knows of its target, by name, in words that only the same
/// policy reads.
using knowledge = std::map<std::string, std::string>;

/// Decides where the knobs should go. Pure: no clock, no I/O; a policy may
/// remember what it saw. Total: whatever the observation (empty, NaN, absurd)
/// it returns moves within bounds or none, and never throws.
///
/// A new policy is one pair of files and one line in `registry.cpp`.
class policy {
public:
  virtual ~policy() = default;

  /// @returns the name in config and logs.
  virtual std::string_view name() const = 0;

  /// Learns from the newest sample. Samples come once a second or so.
  virtual void watch(const sample&) {}

  /// Asked after each sample: is the objective being missed in a way that
  /// can't wait for the next decision, the end of a trial, or a cool-down?
  /// @returns moves if so.
  virtual decision urgent(const knob_table&) { return {}; }

  /// The objective is another from now on; what was learned stays.
  virtual void aim_at(const objective&) {}

  /// Settings did well under such a load before. @returns whether the policy
  /// weighs them against others with its next decision; else they are tried.
  virtual bool weighs(const settings&) { return false; }

  /// The trial of the last change ended.
  virtual void judged(const verdict&) {}

  /// @returns something to log, once, such as that another model took over.
  virtual std::string news() { return {}; }

  /// @returns figures for operators, by name: how far predictions were off.
  virtual std::map<std::string, double> figures() const { return {}; }

  /// @returns what is worth keeping over a restart (A9): some kilobytes. Asked
  /// once a minute.
  virtual knowledge known() const { return {}; }

  /// Goes on from what a predecessor knew, before the first sample. What can't
  /// be read, or is of another policy, is passed over.
  virtual void take_up(const knowledge&) {}

  /// @param seen a window with enough requests to judge by; its `in_force` are
  ///   the present values.
  /// @param knobs what may be moved and how far; switched-off ones stay put.
  virtual decision decide(const observation& seen, const knob_table& knobs) = 0;
};

} // namespace tuner
