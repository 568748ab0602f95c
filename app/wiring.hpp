#pragma once

#include "app/pipeline.hpp"
#include "config/config.hpp"

#include <string>

namespace tuner {

/// Translates a config into the parameters of one pipeline's actors. The
/// handles and the state that survives restarts are left to be filled in.
pipeline_params wire(const config& c, const target_config& target);

/// @returns the part of it that can change while it runs.
pipeline_settings settings_of(const config& c, const target_config& target);

} // namespace tuner
