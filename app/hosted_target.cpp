#include "app/hosted_target.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>

namespace tuner {

namespace {

constexpr duration end_patience_min = std::chrono::milliseconds{500};

} // namespace

hosted_target::hosted_target(
  engine_params& x, const std::optional<link_params>& link)
  : runtime_(std::make_unique<runtime>(clock_kind::real, link)),
    end_patience_(std::max(
      end_patience_min,
      from_seconds(x.settings_from.tuner.host_timeout_seconds))),
    context_(runtime_->context(x.target.name, x.logs)),
    log_(x.logs, {"target", 0, x.target.name}) {
  visit here;
  actor_ = runtime_->system().spawn(
    callback_target, context_,
    callback_target_params{
      std::move(x.callbacks), knobs_of(x.settings_from, x.target),
      std::move(x.take), this_process(), closed_});
}

hosted_target::~hosted_target() {
  if (end())
    return;
  // The thread is stuck in the host's code. Leaving the actor system to it is
  // the only way not to be stuck too.
  closed_->store(true);
  log_(
    log_level::error,
    "a callback of the host hangs; its thread is left behind");
  static_cast<void>(runtime_.release());
}

bool hosted_target::end() {
  visit here;
  caf::scoped_actor self{runtime_->system()};
  self->monitor(actor_);
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
  bool ended = false;
  self->receive(
    [&](const caf::down_msg&) { ended = true; },
    caf::after(end_patience_) >> [] {});
  actor_ = nullptr;
  return ended;
}

} // namespace tuner
