#pragma once

#include "messages/facts.hpp"

#include <boost/json/value.hpp>

namespace tuner {

// Facts as JSON. Times are seconds since 1970, latencies milliseconds; what is
// unknown or not finite is null. What is read back equals what was written, but
// for times: to a microsecond.

boost::json::object to_json(const settings& x);
boost::json::object to_json(const observation& x);
boost::json::object to_json(const candidate& x);
boost::json::object to_json(const change& x);
boost::json::object to_json(const verdict& x);

/// @returns what fits on a line of a table: what moved and why, and the
/// verdict in words; no evidence, no candidates.
boost::json::object event_json(const history_event& x);

/// @returns `event_json` with evidence, candidates and the verdict's numbers.
boost::json::object decision_json(const history_event& x);

/// @throws std::exception where a key is missing or of another type.
settings settings_from(const boost::json::value& x);
observation observation_from(const boost::json::value& x);
change change_from(const boost::json::value& x);
verdict verdict_from(const boost::json::value& x);

/// @returns `x` in seconds since 1970.
double unix_seconds(instant x);
instant instant_from(double unix_seconds);

} // namespace tuner
