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

/// Goes on by new parameters, if there are any. Between two trials.
void take_up_next(applier_state& st);

/// Ends the trial that is being watched without undoing it, since something
/// more urgent takes its place. It stays unconfirmed: if that is undone, so is
/// this. Calls `done` when it is recorded: what is intended next takes the
/// place of what was intended for it.
void cut_trial_short(applier_self self, std::function<void()> done);

/// @returns the rollback of the trial and, after it, of what was cut short
/// before it, newest first. They count as undone from now on.
/// @param now what the target runs with, as far as it is known.
std::vector<change> undone_with_trial(
  applier_self self, const settings& now, const std::string& why);

/// Ends the trial and answers whoever waits for it.
void end_trial(applier_self self, const verdict& how);

/// Answers whoever waits for the trial that it did not come about.
void decline(applier_self self, const caf::error& why);

/// @returns a verdict on the present trial, now.
verdict verdict_of(applier_self self, outcome how, std::string why);

/// Puts the last kept settings back and goes on with `done`, or gives up.
void restore(applier_self self, std::function<void(const settings& now)> done);

/// Unknown settings are worse than no tuner: ends the actor, loudly. Its
/// supervisor starts over, beginning with the last kept settings.
void give_up(applier_self self, const caf::error& why);

/// Has the journal record it, and goes on with `done` once it has, or can't.
void settle(applier_self self, settlement x, std::function<void()> done);

/// The same without waiting.
void settle(applier_self self, settlement x);

/// Tells history, metrics and log of what the journal knows.
void tell(applier_self self, const change& what);
void tell(applier_self self, const verdict& how);
void tell(applier_self self, const settlement& x);

} // namespace tuner
