#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace tuner {

/// @returns `x` as JSON on one line, with numbers as people write them: 32
/// where Boost writes 3.2E1.
std::string json_line(const boost::json::value& x);

} // namespace tuner
