#pragma once

#include "actors/applier/applier.hpp"

#include <functional>

namespace tuner {

using applier_self = applier_actor::stateful_pointer<applier_state>;

/// Writes, watches and concludes; answers `owed` on the way. Call it
/// when the applier is idle only.
void start_trial(
  applier_self self, const proposal& asked, applier_state::replies owed);

/// Ends the trial that is being watched: puts the last kept settings back,
/// records the rollback and answers with `how`; then calls `done`, if given,
/// with the rollback.
/// @param why completes "Rollback ... after tuning at <time>".
void undo_trial(
  applier_self self, const verdict& how, const std::string& why,
  std::function<void(const change&)> done = {});

/// Ends the trial that is being watched without undoing it, since something
/// more urgent takes its place. It stays unconfirmed: if that is undone, so is
/// this.
void cut_trial_short(applier_self self);

/// Tells that the trial is undone, and what was cut short before it.
/// @param now what the target runs with, if that is known.
/// @returns the rollback of the trial.
change
tell_undone(applier_self self, const settings& now, const std::string& why);

/// Ends the trial and answers whoever waits for it.
void end_trial(applier_self self, const verdict& how);

/// Answers whoever waits for the trial that it did not come about.
void decline(applier_self self, const caf::error& why);

/// Records a verdict in history, metrics and log.
void tell_verdict(applier_self self, const verdict& how);

/// @returns a verdict on the present trial, now.
verdict verdict_of(applier_self self, outcome how, std::string why);

/// Puts the last kept settings back and goes on with `done`, or gives up.
void restore(applier_self self, std::function<void(const settings& now)> done);

/// Unknown settings are worse than no tuner: ends the actor, loudly. Its
/// supervisor starts over, beginning with the last kept settings.
void give_up(applier_self self, const caf::error& why);

/// Records a change in history, metrics and log.
void tell(applier_self self, const change& what);

} // namespace tuner
