#pragma once

#include "actors/targets/foreign/signals.hpp"

#include <optional>

namespace tuner {

/// Notices by what a host shows that it was started anew: when it was started,
/// or for how long it has run.
class start_watch {
public:
  /// @param x what it shows now; what is unknown is no news.
  /// @returns whether it was started since the last call.
  bool started_anew(const foreign_figures& x);

private:
  std::optional<double> started_;
  std::optional<double> uptime_;
};

} // namespace tuner
