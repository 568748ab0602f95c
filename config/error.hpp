#pragma once

#include <string>

namespace tuner {

/// What is wrong with one place of a config (E6).
struct config_error {
  std::string path;    ///< `tuner.watchdog.check_delay_seconds`, also
                       ///< `FILE:LINE:COLUMN` or `environment NAME`.
  std::string value;   ///< What stands there as JSON text, at most 60 bytes.
  std::string allowed; ///< What may stand there, in words.
  std::string problem; ///< `unknown key`; empty: the value is not allowed.
};

/// @returns one line for people: path, problem, value and what is allowed.
std::string to_string(const config_error& x);

} // namespace tuner
