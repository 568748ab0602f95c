#pragma once

#include "actors/analyzer/policy.hpp"

#include <cstdint>

namespace tuner {

/// What an analysis says when it recommends nothing (A4).
namespace analysis_text {

inline constexpr const char* disabled = "Auto-tuning is disabled";
inline constexpr const char* insufficient =
  "Insufficient performance data for analysis";
inline constexpr const char* optimal =
  "No tuning needed, performance is optimal";

} // namespace analysis_text

/// Lets `decide_by` look at `seen`, and holds it to its contract: moves of
/// unknown or switched-off knobs, and moves that end where they begin, are
/// dropped; the rest is clamped to the knob's bounds, and to as far as it may
/// go in one step.
/// @param requests_min fewer completed requests than this, or none, are no
///   evidence.
/// @param now goes into the result.
/// @returns the moves with their reasons; without moves, why not.
analysis analyze(
  policy& decide_by, const observation& seen, const knob_table& knobs,
  uint64_t requests_min, instant now);

/// Holds `wanted` to the contract of a policy, like `analyze`.
analysis analysis_of(
  decision wanted, const observation& seen, const knob_table& knobs,
  instant now);

/// Makes a hold of `x`. It still says what was wanted, and now why not.
void hold(analysis& x, const std::string& why, const knob_table& knobs);

/// Switches off the knobs that someone else has changed (A12).
/// @returns those that were on.
std::vector<knob_move>
stand_down(knob_table& knobs, const std::vector<knob_move>& edits);

/// Drops the moves of knobs that are unknown or switched off.
void drop_switched_off(std::vector<knob_move>& moves, const knob_table& knobs);

/// What the policy's model expects of the moves, against staying: the share
/// saved, negative where it gets worse. Unknown without a model, or where it
/// has not weighed both.
struct expected_gain {
  reading p95;
  reading cost;
};
expected_gain gain_expected(const analysis& x);

/// @returns whether by the model the moves would help, in words; empty where
/// that is unknown.
std::string words(const expected_gain& x);

/// @returns the command that carries out `x`.
proposal proposal_of(const analysis& x);

} // namespace tuner
