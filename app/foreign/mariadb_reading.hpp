#pragma once

#include "messages/sample.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace tuner {

/// What MariaDB counted since it started.
struct mariadb_reading {
  std::map<std::string, double> status; ///< As SHOW GLOBAL STATUS has it.
  uint64_t own_statements = 0;          ///< Ever sent by this process.
  duration asked_at{};                  ///< Monotonic, like the next.
  duration answered_at{};               ///< What was counted, was in between.
};

/// @returns whether the server was started between two readings: it has been
/// up for less than it would have been, to two seconds.
bool started_anew(const mariadb_reading& before, const mariadb_reading& now);

/// @returns what happened between two readings of one run, less what this
/// process asked for. Latencies stay unknown: the server keeps none.
/// @param before the earlier one; without it, only what is not counted is told.
sample
sample_between(const mariadb_reading* before, const mariadb_reading& now);

} // namespace tuner
