#pragma once

#include "config/allowed.hpp"
#include "messages/facts.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>

namespace tuner {

/// Each of these takes `from` over into `x` if it has the right type and is
/// allowed, and else leaves `x` alone.
/// @returns whether it did.
bool take(const boost::json::value& from, bool& x);
bool take(const boost::json::value& from, double& x, const range& allowed);
bool take(const boost::json::value& from, reading& x, const range& allowed);
bool take(const boost::json::value& from, uint64_t& x, const range& allowed);
bool take(const boost::json::value& from, std::string& x, const words& allowed);
bool take(
  const boost::json::value& from, std::string& x, const text_rule& allowed);

} // namespace tuner
