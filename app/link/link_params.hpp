#pragma once

#include "actors/log/actor_log.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <memory>

namespace tuner {

/// How two processes are connected.
struct link_params {
  /// Each end sends a sign of life this often, and takes the other for dead
  /// when it heard nothing for `silence_max`.
  duration heartbeat = std::chrono::milliseconds{700};
  duration silence_max = std::chrono::milliseconds{2000};
  /// Largest message that is read. A sample of a busy host is about 70 kB.
  uint32_t message_bytes_max = 4 * 1024 * 1024;
  std::shared_ptr<log_hub> logs; ///< Null: nothing is told.
};

} // namespace tuner
