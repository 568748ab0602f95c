#pragma once

#include "config/config.hpp"
#include "config/error.hpp"

#include <string>
#include <vector>

namespace tuner {

/// @returns where the standard knobs start.
standard_values static_values(const config& x);

/// Checks the bounds of one knob, and that it starts within them.
/// @param x the config that the knob is from.
/// @param path of the table that holds `knob`.
/// @param errors gets one entry for each broken rule.
void check_knob(
  const config& x, const knob_spec& knob, const std::string& path,
  std::vector<config_error>& errors);

/// Checks changes made at given times: in the order of time, of knobs that
/// exist, within their bounds.
/// @param path of the script.
void check_script(
  const std::vector<std::pair<double, settings>>& script,
  const knob_table& knobs, const std::string& path,
  std::vector<config_error>& errors);

} // namespace tuner
