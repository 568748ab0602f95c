#pragma once

#include "messages/time.hpp"

#include <cstddef>
#include <cstdint>

namespace tuner::example {

/// How one batch went.
struct batch_report {
  size_t size = 0;           ///< Requests in it.
  size_t others_running = 0; ///< Batches of other workers when it began.
  duration service{0};       ///< From taking the requests to their answers.
};

/// Watches a host serve. Every function is called on the threads that serve and
/// by several at a time: be quick and do not block.
class observer {
public:
  virtual ~observer() = default;

  /// A request came in.
  virtual void on_arrival() {}

  /// A request is done. @param latency since it was due. @param ok false if it
  /// was refused or could not be computed.
  virtual void on_request(duration /*latency*/, bool /*ok*/) {}

  /// A batch was computed.
  virtual void on_batch(const batch_report&) {}

  /// A response was looked up. @param key_hash evenly spread over 64 bits.
  virtual void on_cache_access(uint64_t /*key_hash*/, bool /*hit*/) {}
};

} // namespace tuner::example
