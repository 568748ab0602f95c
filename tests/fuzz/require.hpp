#pragma once

#include <cstdio>
#include <cstdlib>

namespace tuner::fuzz {

/// Ends the program unless `x`; also in release builds.
inline void require(bool x, const char* promise) {
  if (x)
    return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

} // namespace tuner::fuzz
