#pragma once

#include "app/foreign/poller.hpp"
#include "config/foreign_effector.hpp"

namespace tuner {

/// @returns what watches a MariaDB server by SHOW GLOBAL STATUS: statements of
/// others, hits of InnoDB's buffer pool and its size, and commits written to
/// the binary log together. Not known: how long statements took (the server
/// keeps no distribution, and threads running ÷ throughput is a guess from too
/// few looks), how many wait, and which failed.
/// @param timeout_seconds as `mariadb_connection` has it.
polled_sensor make_mariadb_sensor(
  const mariadb_effector_config& x, double timeout_seconds,
  sensor_log log = {});

} // namespace tuner
