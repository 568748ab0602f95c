#pragma once

#include "actors/log/actor_log.hpp"
#include "app/foreign/http.hpp"
#include "app/foreign/poller.hpp"
#include "config/foreign_sensor.hpp"
#include "messages/sample.hpp"

#include <functional>
#include <string>

namespace tuner {

/// What a sensor needs besides its config.
struct sensor_surroundings {
  http_exchange exchange; ///< `curl_exchange()`.
  /// Is told once of each kind of problem, and when it is over. No secret is
  /// in what it is told.
  std::function<void(log_level, const std::string&)> log;
  /// Shows a time that never jumps; the steady clock where left out.
  std::function<duration()> now = {};
};

/// @param x a config that `check_sensor` has nothing against, of a kind other
///   than `none`.
/// @returns what watches a foreign host: each round asks it, or the Prometheus
///   server, within `x.timeout_seconds`. Samples lack what the target's actor
///   fills in (moments and settings); one without data is an empty one: the
///   first always is. Copies are the same sensor.
polled_sensor
make_foreign_sensor(const foreign_sensor_config& x, sensor_surroundings with);

} // namespace tuner
