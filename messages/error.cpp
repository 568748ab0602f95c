#include "messages/error.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>

namespace tuner {

const char* to_string(ec x) {
  switch (x) {
  case ec::trial_in_progress:
    return "a trial is running; wait for its verdict";
  case ec::rollback_in_progress:
    return "a rollback is running; wait for its end";
  case ec::nothing_to_change:
    return "the target already runs with these values";
  case ec::nothing_to_undo:
    return "there is no change to undo";
  case ec::target_unreachable:
    return "the target gave no answer";
  case ec::superseded:
    return "the trial was ended by something else";
  case ec::not_running:
    return "the tuner is restarting or stopped; try again";
  case ec::disabled:
    return "Auto-tuning is disabled";
  case ec::journal_off:
    return "the journal is off, so no change is made";
  case ec::agent_away:
    return "the target's agent is not connected";
  case ec::refused:
    return "the node refuses this agent";
  }
  return "unknown";
}

std::string describe(const caf::error& x) {
  if (!x)
    return "no error";
  if (x.category() == caf::atom("tuner")) {
    if (x.context().match_elements<std::string>())
      return x.context().get_as<std::string>(0);
    return to_string(static_cast<ec>(x.code()));
  }
  if (x.category() == caf::atom("system")) {
    auto code = static_cast<caf::sec>(x.code());
    if (code == caf::sec::request_timeout)
      return "no answer in time";
    return to_string(code);
  }
  if (x.category() == caf::atom("exit"))
    return to_string(static_cast<caf::exit_reason>(x.code()));
  return to_string(x.category()) + " error " + std::to_string(x.code());
}

} // namespace tuner
