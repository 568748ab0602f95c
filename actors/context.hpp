#pragma once

#include "actors/log/actor_log.hpp"
#include "messages/time.hpp"

#include <caf/actor_clock.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <memory>
#include <string>

namespace tuner {

/// What every actor of a pipeline is given.
struct actor_context {
  std::string target; ///< Its name, in log lines; may be empty.
  std::shared_ptr<log_hub> logs;
  instant epoch{};                             ///< The wall clock when ...
  caf::actor_clock::time_point epoch_steady{}; ///< ... the actors' showed this.

  /// @returns what the clock of `self` shows. Only actors read clocks.
  template <class Self>
  instant now(Self* self) const {
    return epoch + (self->clock().now() - epoch_steady);
  }

  /// @returns the log of `self`.
  template <class Self>
  actor_log log(Self* self, const char* name) const {
    return {logs, {name, self->id(), target}};
  }
};

/// @returns how many messages wait for `self`, whose thread must be asking.
template <class Self>
uint64_t messages_waiting(Self* self) {
  return self->mailbox().size();
}

/// Makes an exception in a handler end `self` with a line in its log. Whoever
/// supervises it restarts it.
template <class Self>
void log_exceptions(Self* self, const actor_log& log) {
  self->set_exception_handler([log](std::exception_ptr x) -> caf::error {
    try {
      std::rethrow_exception(x);
    } catch (const std::exception& e) {
      log(log_level::error, "stopped by an exception: ", e.what());
    } catch (...) {
      log(log_level::error, "stopped by an unknown exception");
    }
    return caf::sec::runtime_error;
  });
}

} // namespace tuner
