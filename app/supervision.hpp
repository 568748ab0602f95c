#pragma once

#include "app/pipeline.hpp"

namespace tuner {

using pipeline_self = pipeline_actor::stateful_pointer<pipeline_state>;

// How the actors of a pipeline live and die. Only the pipeline calls these.

void start_journal(pipeline_self self);

/// Starts the five; they feed each other from then on.
void start_parts(pipeline_self self);

/// Ends the five actors, and goes on with `done` when the applier has ended:
/// from then on, nobody but the supervisor writes to the target.
void end_parts(
  pipeline_self self, bool hand_is_dead, std::function<void()> done);

/// Has the five actors die with the pipeline, however it dies, and the metrics
/// say that nothing is tuned any more.
void end_parts_with(pipeline_self self);

/// Someone died: the five start again after a pause, without a journal there
/// is only advice.
void on_down(pipeline_self self, const caf::down_msg& x);
void on_journal_health(pipeline_self self, const tuning_status& x);

/// The pause is over.
void restart(pipeline_self self);

/// The target can't be reached: the five end, and nobody writes to it. What was
/// on trial, the target undoes by itself.
void park(pipeline_self self, const std::string& why);

/// The target is back. @param fresh as another process.
void unpark(pipeline_self self, bool fresh);

/// @returns why the tuner can't be trusted now, or nothing.
std::optional<tuning_status> degraded_status(pipeline_self self);

} // namespace tuner
