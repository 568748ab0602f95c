#pragma once

#include "bench/fleet_processes.hpp"
#include "config/config.hpp"

#include <cstdint>

namespace tuner {

/// Serving hosts in another process, as seen from outside: each has metrics for
/// Prometheus, 200 series of 200 requests/s, and a knob in a JSON document.
/// Nothing is served, and the knob has no effect.
class forked_hosts : public forked {
public:
  explicit forked_hosts(int count);

  /// @returns foreign targets: one for each of the first `count` of them.
  config tuning(int count) const;

  /// How the hosts were called since they were asked last.
  struct calls {
    uint64_t scrapes = 0;
    uint64_t connections = 0;   ///< That were made.
    double lateness_p99_ms = 0; ///< Of a scrape, a second after the last one.
  };
  calls take_calls() const;

private:
  uint16_t port_ = 0;
};

} // namespace tuner
