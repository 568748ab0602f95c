#pragma once

#include "app/example_host/random.hpp"
#include "bench/judge_trial.hpp"

#include <functional>

namespace tuner {

/// What a change does in truth.
struct trial_truth {
  std::string name;
  double slow_factor = 1;  ///< Of each batch, while it is in force.
  bool harmless = false;   ///< To blame it would be a false alarm.
  bool small_move = false; ///< A timeout longer by 2 %; else an idle knob.
  bool overload = false;   ///< Slower than its load, by far.
};

/// How well the judge `auto` must do on a kind of traffic: shares.
struct traffic_bars {
  double blamed_max = 0.01;       ///< Of harmless changes.
  double doubted_max = 0.02;      ///< The same.
  double inconclusive_max = 0.10; ///< Of any changes.
  double slower_min = 0.95;       ///< Of 1.5 × undone in 60 s.
  double slowest_min = 0.95;      ///< Of 2 × undone in 30 s.
  double overload_min = 0.99;     ///< Within 5 s of a backlog of ten.
  bool harm = true;               ///< Whether harm must be found at all.
};

/// A kind of load and host.
struct trial_traffic {
  std::string name;
  traffic_bars bars;
  bool harmless_only = false; ///< No other truths.
  std::function<void(judge_trial&, example::random_source&)> draw;
};

/// Recorded arrivals.
struct recorded_traffic {
  std::string name;
  std::string file;
  uint32_t copies; ///< Requests that each of them stands for.
};

/// @returns every truth.
const std::vector<trial_truth>& trial_truths();

/// @returns what traffic there is from traces.
const std::vector<recorded_traffic>& recorded_traffics();

/// @returns every kind of traffic.
/// @param traces a folder with recorded arrivals; empty: without these.
std::vector<trial_traffic> trial_traffics(const std::string& traces);

/// @returns trial `index`: a host, its load and the change. The same for any
///   truth, but for the change.
judge_trial draw_trial(
  const trial_traffic& traffic, const trial_truth& truth, uint64_t seed,
  uint64_t index);

} // namespace tuner
