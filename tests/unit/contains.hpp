#pragma once

#include <string>

namespace tuner::test {

/// @returns whether `what` is somewhere in `text`.
inline bool contains(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

} // namespace tuner::test
