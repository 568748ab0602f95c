#pragma once

#include "actors/fleet/comparison.hpp"
#include "actors/fleet/hardware.hpp"
#include "messages/membership.hpp"

#include <map>
#include <string>
#include <vector>

namespace tuner {

/// What is known of one member of a group, from what it reports.
struct member {
  member_report report{
    {tuning_state::degraded, "has not said how it is yet"}, {}};
  settings confirmed; ///< What it goes back to; empty until it is known.
  std::map<change_id, change> unconfirmed; ///< In force, not kept yet.
  settings answered;  ///< What its group wanted, and it had its verdict about.
  settings asked_for; ///< What it was asked to try last.
  bool asked = false; ///< And its answer is awaited.
  bool stands_apart = false; ///< Rolled back what the group has kept.
  instant not_before{};      ///< It is not asked again.
  std::string refused;       ///< Why it did not try what it was asked to.
  double load_rps = 0;       ///< Of the last minute or so.
  host_seconds past;
  service_curve curve;       ///< As far as its policy has learned it.
  std::string follows = "?"; ///< As it was told last.

  /// @returns whether it may be asked to try something at `now`.
  bool free(instant now) const;

  /// @returns whether something is on trial there.
  bool on_trial() const { return !unconfirmed.empty(); }

  /// @returns those of `wanted` that it has and that are not in force there,
  /// nor stand down, nor were answered.
  std::vector<knob_move> missing(const settings& wanted) const;
};

/// Notes what a member did in the last second or so.
void note(member& x, const observation& seen);

/// Notes what became of a change there: as `unconfirmed` and `confirmed`.
/// @returns what was kept just now: the values of all knobs that moved.
settings note(member& x, const history_event& event);

/// @returns the settings that most members have confirmed; the first ones of
/// equally many. Empty where none are known.
settings most_common(const std::map<std::string, member>& members);

} // namespace tuner
