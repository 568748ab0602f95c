#pragma once

#include "app/admin/target_control.hpp"

#include <boost/json/value.hpp>

#include <string>

namespace tuner {

/// @returns a target as `/api/v1/status` and the event `status` show it.
boost::json::object status_json(target_control& target);

/// @returns a decision with all that led to it and came of it, and the same
/// in words.
boost::json::object full_decision_json(const history_event& x);

/// @returns what the series of `target` holds, and how fine it is.
boost::json::object
series_json(const std::string& target, const std::vector<observation>& points);

/// @returns events, oldest first.
boost::json::object history_json(const std::vector<history_event>& events);

} // namespace tuner
