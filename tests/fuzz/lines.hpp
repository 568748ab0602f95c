#pragma once

#include <algorithm>
#include <string_view>

namespace tuner::fuzz {

/// @returns the first line of `input`, and takes it off.
inline std::string_view line_of(std::string_view& input) {
  auto result = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(result.size() + 1, input.size()));
  return result;
}

} // namespace tuner::fuzz
