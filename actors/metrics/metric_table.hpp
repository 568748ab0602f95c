#pragma once

#include "messages/facts.hpp"

#include <span>
#include <string>
#include <vector>

namespace tuner {

/// The one place that lists every metric: names, labels and help texts.
namespace metric {

/// One metric. A named target adds the label `target`.
struct row {
  const char* name;
  const char* labels; ///< `parameter, direction`; empty for none.
  const char* help;
};

inline constexpr row decisions{
  "auto_tuning_decisions_total", "parameter, direction",
  "Decisions per knob: increase, decrease, no_change, or initial when the "
  "tuner takes the knob over."};
inline constexpr row rollbacks{
  "auto_tuning_rollbacks_total", "parameter",
  "Knobs put back to their old value."};
inline constexpr row edits{
  "auto_tuning_operator_edits_total", "parameter",
  "Knobs changed by someone else."};
inline constexpr row trials{
  "auto_tuning_trials_total", "verdict",
  "Trials by verdict: kept, rolled_back or inconclusive."};
inline constexpr row batch_size{
  "auto_tuning_batch_size", "", "Batch size in force, in requests."};
inline constexpr row batch_timeout{
  "auto_tuning_batch_timeout_ms", "",
  "Batch timeout in force, in milliseconds."};
inline constexpr row cache_size{
  "auto_tuning_cache_size_mb", "", "Cache size in force, in MiB."};
inline constexpr row other_knob{
  "auto_tuning_knob", "parameter",
  "Value in force of a knob that is none of the standard three, in its own "
  "unit."};
inline constexpr row knob_min{
  "auto_tuning_knob_min", "parameter",
  "Lower bound of a knob, in its unit; NaN while it is not tuned."};
inline constexpr row knob_max{
  "auto_tuning_knob_max", "parameter",
  "Upper bound of a knob, in its unit; NaN while it is not tuned."};
inline constexpr row slo_p95{
  "auto_tuning_slo_p95_seconds", "",
  "The objective for the latency that 95 % of the requests stay within; "
  "missing where there is none."};
inline constexpr row slo_windows{
  "auto_tuning_slo_windows_total", "result",
  "Windows with requests by whether their p95 met or missed the objective."};
inline constexpr row decision_duration{
  "auto_tuning_decision_duration_seconds", "",
  "How long thinking about a window, or an urgent change, took."};
inline constexpr row decision_lag{
  "auto_tuning_decision_lag_seconds", "",
  "From the close of a window until the decision about it, thinking included."};
inline constexpr row model{
  "auto_tuning_model", "figure",
  "What the policy knows of itself. prediction_bias: ln of measured over "
  "predicted p95; prediction_error; service_drift: how the speed of the host "
  "changed; in mode advise advice_p95_gain and advice_cost_gain: what the last "
  "advice would save, 0.1 is a tenth."};
inline constexpr row state{
  "auto_tuning_state", "state",
  "1 for what the tuner does, 0 for the rest: enabled, advise, paused or "
  "degraded; all 0 once it has stopped."};
inline constexpr row mailbox{
  "auto_tuning_mailbox_messages", "actor",
  "Messages that wait for an actor of the tuner."};
inline constexpr row actors{
  "auto_tuning_actors", "",
  "Actors that run in the tuner. The same for all targets of a node."};
inline constexpr row journal_up{
  "auto_tuning_journal_up", "",
  "1 while the journal is written, 0 while it can't be."};
inline constexpr row build_info{
  "auto_tuning_build_info", "version, compiler",
  "Always 1: which build this is. The same for all targets."};

} // namespace metric

/// A gauge that shows one figure of each observation. It has no series until
/// the figure is known, and is NaN when it no longer is.
struct observation_gauge {
  metric::row what;
  reading (*figure)(const observation&);
};

namespace metric {

/// @returns the gauges that show observations.
std::span<const observation_gauge> observation_gauges();

/// @returns every row, in the order of the reference.
std::vector<row> rows();

/// @returns the reference: a Markdown table with one line for each row.
std::string reference();

} // namespace metric

} // namespace tuner
