#pragma once

#include "config/error.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// Parses `text` as strict JSON: UTF-8 without a byte order mark, one value,
/// no extensions, at most 32 levels deep. Numbers come out exact.
/// @param origin names the text in errors: `ORIGIN:LINE:COLUMN`.
/// @param errors gets what is wrong, and an entry for each key given twice.
/// @returns the document, or nothing where it is not JSON.
std::optional<boost::json::value> parse_json(
  std::string_view text, const std::string& origin,
  std::vector<config_error>& errors);

} // namespace tuner
