#pragma once

#include "app/pipeline.hpp"

namespace tuner {

/// Shows in the metrics of the pipeline what it does and how many messages wait
/// for each of its actors, and does so again when the next window closes, but
/// after a second at the soonest and ten at the latest.
void show_vitals(pipeline_actor::stateful_pointer<pipeline_state> self);

} // namespace tuner
