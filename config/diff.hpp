#pragma once

#include "config/config.hpp"

#include <string>
#include <vector>

namespace tuner {

/// Where two configs differ: paths, in the order of the schema.
struct config_difference {
  std::vector<std::string> live;  ///< Can change while the tuner runs.
  std::vector<std::string> fixed; ///< Need a new start.
};

config_difference difference(const config& before, const config& now);

/// @returns why `x` can't be taken over without a new start, or an empty
/// string.
std::string refusal_to_change(const config_difference& x);

} // namespace tuner
