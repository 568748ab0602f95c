#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace tuner {

// What the control API answers, for people, in at most 80 columns. They throw
// std::exception where the JSON is not what the API answers.

/// `/api/v1/status`.
std::string status_text(const boost::json::value& x);

/// `/api/v1/history`: a table, one move to a line. Times are UTC.
std::string history_text(const boost::json::value& x);

/// `/api/v1/decisions/ID`.
std::string decision_text(const boost::json::value& x);

/// `/api/v1/pause` and `/api/v1/resume`.
std::string state_text(const boost::json::value& x);

/// `/api/v1/rollback`.
std::string rollback_text(const boost::json::value& x);

/// `/api/v1/set`.
std::string edit_text(const boost::json::value& x);

/// `/api/v1/reload`.
std::string reload_text(const boost::json::value& x);

/// `/api/v1/log-level`.
std::string log_level_text(const boost::json::value& x);

/// @returns `x` in lines of at most `columns`, broken between words where that
/// is possible. Lines after the first begin with `indent` blanks.
std::string
wrapped(const std::string& x, std::size_t columns, std::size_t indent);

} // namespace tuner
