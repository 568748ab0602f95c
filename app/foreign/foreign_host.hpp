#pragma once

#include "actors/log/actor_log.hpp"
#include "actors/targets/host.hpp"
#include "config/config.hpp"
#include "messages/sample.hpp"

#include <functional>

namespace tuner {

/// How a serving host in another process is reached: what its target actor is
/// made of. Calls take as long as the host does, up to their time limits.
struct foreign_host {
  host knobs;
  std::function<sample()> take;    ///< What happened since the last call.
  std::function<bool()> restarted; ///< Whether it was, since the last call.
};

/// Connects to the host of a target of kind `foreign`, when it is first called.
/// @param log of what goes wrong, and of what is well again.
foreign_host foreign_host_of(const target_config& x, const actor_log& log);

} // namespace tuner
