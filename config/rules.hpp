#pragma once

#include "config/config.hpp"
#include "config/error.hpp"

#include <vector>

namespace tuner {

/// Checks what no single key can tell: bounds against each other, names that
/// must differ, values that others make necessary.
/// @param x a config as read, with `left_out` numbers still in it.
/// @param errors gets one entry for each broken rule.
void check_rules(const config& x, std::vector<config_error>& errors);

/// Fills in what follows from other keys: knobs that a target leaves out, and
/// where a standard knob starts that has no initial value of its own.
void derive(config& x);

} // namespace tuner
