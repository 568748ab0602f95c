#pragma once

#include "actors/targets/foreign/signals.hpp"
#include "config/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tuner {

/// Where the figures of a foreign host come from, and which ones.
struct foreign_sensor_config {
  std::string kind = "none"; ///< `none`, `prometheus_text` or `promql`.
  std::string url;           ///< Of the metrics, or of the Prometheus server.
  std::string token_file;    ///< Empty: none is sent.
  std::string ca_file;       ///< Empty: the system's.
  double timeout_seconds = 1;
  double max_answer_mb = 16;
  uint32_t workers = 0; ///< Batches served at once; 0: unknown.
  foreign_signals signals;
};

/// Checks what no single key can tell.
/// @param path of `x` in the config.
/// @param errors gets one entry for each broken rule.
void check_sensor(
  const foreign_sensor_config& x, const std::string& path,
  std::vector<config_error>& errors);

} // namespace tuner
