#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tuner {

/// Where log lines go and which are written (D3).
struct log_params {
  std::string level = "info";  ///< trace, debug, info, warning, error or off.
  std::string format = "text"; ///< `text` or `json`: one object per line.
  std::string file;            ///< Empty: standard error.
  double max_file_mb = 10;     ///< Then the file is rotated.
  uint32_t files = 3;          ///< Rotated files kept.
  std::map<std::string, std::string> levels; ///< By actor name.
};

} // namespace tuner
