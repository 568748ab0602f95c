#pragma once

#include "app/foreign/poller.hpp"
#include "config/foreign_effector.hpp"

namespace tuner {

/// @returns what watches a Redis server by INFO, and by LATENCY HISTOGRAM where
/// it has that (7.0): commands of clients, cache hits, memory, processor time,
/// and how long commands took within Redis, without waiting and the network.
/// @param timeout_seconds for each of the two.
polled_sensor make_redis_sensor(
  const redis_effector_config& x, double timeout_seconds, sensor_log log = {});

} // namespace tuner
