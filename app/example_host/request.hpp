#pragma once

#include <chrono>
#include <cstdint>

namespace tuner::example {

/// Points in time inside the example host: monotonic, never printed.
using moment = std::chrono::steady_clock::time_point;

/// One inference request.
struct request {
  uint64_t key = 0; ///< What is asked for; its input follows from it.
  moment intended;  ///< When it was due: latency counts from here.
};

} // namespace tuner::example
