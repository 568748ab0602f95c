#pragma once

#include "messages/facts.hpp"

#include <span>
#include <string>

namespace tuner {

/// A gauge that shows one figure of each observation. It has no series until
/// the figure is known, and is NaN when it no longer is.
struct observation_gauge {
  const char* name;
  const char* help;
  reading (*figure)(const observation&);
};

/// The one place that lists every metric: names and help texts.
namespace metric {

struct row {
  const char* name;
  const char* help;
};

inline constexpr row decisions{
  "auto_tuning_decisions_total",
  "Decisions per knob: increase, decrease, no_change, or initial when the "
  "tuner takes the knob over."};
inline constexpr row rollbacks{
  "auto_tuning_rollbacks_total", "Knobs put back to their old value."};
inline constexpr row edits{
  "auto_tuning_operator_edits_total", "Knobs changed by someone else."};
inline constexpr row trials{"auto_tuning_trials_total", "Trials by verdict."};
inline constexpr row batch_size{
  "auto_tuning_batch_size", "Batch size in force, in requests."};
inline constexpr row batch_timeout{
  "auto_tuning_batch_timeout_ms", "Batch timeout in force, in milliseconds."};
inline constexpr row cache_size{
  "auto_tuning_cache_size_mb", "Cache size in force, in MiB."};
inline constexpr row model{
  "auto_tuning_model",
  "What the policy knows of itself: how far its predictions were off, and "
  "how the host's speed changed."};
inline constexpr row other_knob{
  "auto_tuning_knob",
  "Value in force of a knob that is none of the standard "
  "three, in its own unit."};

/// @returns the gauges that show observations.
std::span<const observation_gauge> observation_gauges();

} // namespace metric

} // namespace tuner
