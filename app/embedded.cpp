#include "app/embedded.hpp"

#include <caf/actor_system.hpp>

namespace tuner {

namespace {

constexpr auto end_patience = std::chrono::milliseconds{500};

} // namespace

embedded::embedded(
  const config& c, const target_config& target, const host& callbacks,
  std::shared_ptr<recorder> counts,
  std::shared_ptr<prometheus::Registry> registry, std::shared_ptr<log_hub> logs)
  : runtime_(std::make_unique<runtime>(clock_kind::real)),
    log_(logs, {"pipeline", 0, target.name}),
    patience_(4 * from_seconds(c.tuner.host_timeout_seconds)) {
  auto context = runtime_->context(target.name, std::move(logs));
  auto params = wire(c, target);
  auto& system = runtime_->system();
  target_ = system.spawn(
    callback_target, context,
    callback_target_params{
      callbacks, params.analyzer.knobs,
      [counts = std::move(counts)] { return counts->take(); }, this_process(),
      closed_});
  params.target = target_;
  if (!registry)
    registry = std::make_shared<prometheus::Registry>();
  params.series = std::make_shared<exposition>(
    std::move(registry), target.name, params.analyzer.knobs);
  pipeline_ = system.spawn(pipeline, context, std::move(params));
}

embedded::~embedded() {
  ask<settings>(stop_atom_v);
  caf::anon_send_exit(pipeline_, caf::exit_reason::kill);
  if (end_target())
    return;
  // The thread is stuck in the host's code. Leaving the actor system to it is
  // the only way not to be stuck too.
  closed_->store(true);
  log_(
    log_level::error,
    "a callback of the host hangs; its thread is left behind");
  static_cast<void>(runtime_.release());
}

bool embedded::end_target() {
  caf::scoped_actor self{runtime_->system()};
  self->monitor(target_);
  caf::anon_send_exit(target_, caf::exit_reason::user_shutdown);
  bool ended = false;
  self->receive(
    [&](const caf::down_msg&) { ended = true; },
    caf::after(end_patience) >> [] {});
  target_ = nullptr;
  pipeline_ = nullptr;
  return ended;
}

} // namespace tuner
