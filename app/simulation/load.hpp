#pragma once

#include "app/example_host/random.hpp"
#include "app/simulation/scenario.hpp"

#include <memory>

namespace tuner::simulation {

/// One request on its way to the host.
struct arrival {
  double at = 0; ///< Seconds since the start.
  uint64_t key = 0;
  bool has_key = false; ///< Else the host draws one.
};

/// Gives the requests one by one, in order.
class load {
public:
  virtual ~load() = default;

  /// @returns the next request; at infinity, that there is none.
  virtual arrival next() = 0;
};

/// A trace, read once and shared by all simulations of a sweep.
using recorded_trace = std::shared_ptr<const std::vector<arrival>>;

/// @returns the requests of a trace file.
/// @throws std::runtime_error naming the file and the line that can't be used.
recorded_trace read_trace(const arrivals_config& from);

/// @param trace for kind `trace`, else ignored.
std::unique_ptr<load> make_load(
  const arrivals_config& config, const recorded_trace& trace, uint64_t seed);

} // namespace tuner::simulation
