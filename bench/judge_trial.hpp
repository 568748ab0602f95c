#pragma once

#include "actors/monitor/window.hpp"
#include "actors/watchdog/judge.hpp"
#include "app/simulation/sampler.hpp"

#include <memory>

namespace tuner {

/// One change with a known truth, to be judged.
struct judge_trial {
  simulation::scenario host; ///< With seed and load.
  simulation::recorded_trace trace;
  size_t change_second = 60; ///< The change is made right after its sample.
  knob_move move;
  /// Batches take so many times as long while the new settings are in force.
  double slow_factor = 1;
  double reaction_seconds = 0.002; ///< From a decision until it is in force.
};

/// What came of it. Seconds count from the change.
struct trial_ending {
  outcome result = outcome::open;
  bool doubted = false;         ///< The old settings were back for a look.
  reading undone_after_seconds; ///< They were back for the first time.
  double ended_after_seconds = 0;
  double costliest_look_ms = 0; ///< Of processor time.
};

/// A simulated host that reports each second what it did.
class trial_host {
public:
  /// @param changes whether the change is made.
  trial_host(const judge_trial& what, bool changes);

  /// @returns what happens in the next second.
  sample next();

  /// Puts the new settings in force, or the old ones, at `at` seconds, which
  /// lie in the next second.
  void move(double at, bool to_new) { moves_.push_back({at, to_new}); }

  /// @returns how many requests waited at the end of each tenth of a second.
  const std::vector<size_t>& waiting() const { return waiting_; }

private:
  struct planned_move {
    double at;
    bool to_new;
  };

  void play_to(double until);

  const knob_move move_;
  const double slow_factor_;
  const uint32_t workers_;
  simulation::sampler sampler_;
  simulation::simulated_host host_;
  std::vector<planned_move> moves_;
  std::vector<size_t> waiting_;
  size_t tenths_ = 0;
  double in_force_since_ = 0;
};

/// Plays one trial for any number of judges, as the watchdog and the applier
/// do it: a look after each sample, scheduled checks 30, 60 and 90 s after the
/// change (120 s where it was doubted), and what a switchback asks for. What is
/// decided takes effect a little later, so the sample in which it does is a
/// mixed one.
///
/// What happens while nobody steps in is played once, for all judges.
class staged_trial {
public:
  explicit staged_trial(judge_trial what);

  /// @returns what came of the trial, judged by `by`, which knows nothing yet.
  trial_ending judged_by(judge& by);

  /// @returns how many seconds after the change ten requests more waited than
  ///   would have without it; unknown if not while it was judged.
  reading backlog_after_seconds() const;

  /// @returns p95 in the 90 s after the change ÷ what it would have been
  ///   without it.
  double true_p95_ratio();

private:
  friend class trial_run;

  /// A second after the change, with the change in force.
  struct second_seen {
    sample seen;
    observation after; ///< All since the change.
  };

  const second_seen& at(size_t second);

  const judge_trial trial_;
  change change_;
  observation before_;
  trial_host host_;
  sample_ring samples_;
  std::vector<sample> seen_before_;
  std::vector<second_seen> seen_after_;
};

} // namespace tuner
