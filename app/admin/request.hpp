#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuner {

/// An HTTP request as it came: nothing in it is to be trusted.
struct admin_request {
  std::string method = "GET";
  std::string path;  ///< As sent: nothing is decoded.
  std::string query; ///< What follows `?`, as sent.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string peer; ///< The address it came from.

  /// @returns the value of the first header of this name, in any case; empty
  /// if there is none.
  std::string_view header(std::string_view name) const;

  /// @returns how many headers have this name.
  std::size_t count(std::string_view name) const;
};

/// @returns whether both are the same but for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

} // namespace tuner
