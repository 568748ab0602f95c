#include "app/embedded.hpp"

#include "app/wiring.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>

namespace tuner {

namespace {

constexpr auto end_patience = std::chrono::milliseconds{500};

/// Answers a query without the journal.
answer<std::vector<history_event>>
newest(answer<std::vector<history_event>> all, const history_query& x) {
  if (!all)
    return all;
  auto& events = *all.value;
  std::erase_if(events, [&](const history_event& e) {
    return e.what.at < x.since
      || (x.id != 0
          && (e.what.id != change_id{x.id} || e.what.kind != change_kind::tuning));
  });
  auto excess = events.size() - std::min<size_t>(events.size(), x.limit);
  events.erase(
    events.begin(), events.begin() + static_cast<std::ptrdiff_t>(excess));
  return all;
}

/// What is none of ours went wrong on the way.
ec code_of(const caf::error& x) {
  return x.category() == caf::atom("tuner") ? static_cast<ec>(x.code())
                                            : ec::target_unreachable;
}

} // namespace

embedded::embedded(engine_params x)
  : runtime_(std::make_unique<runtime>(clock_kind::real)), which_(x.target),
    log_(x.logs, {"pipeline", 0, x.target.name}),
    patience_(4 * from_seconds(x.settings_from.tuner.host_timeout_seconds)) {
  visit here;
  auto context = runtime_->context(x.target.name, std::move(x.logs));
  auto params = wire(x.settings_from, x.target);
  auto& system = runtime_->system();
  target_ = system.spawn(
    callback_target, context,
    callback_target_params{
      std::move(x.callbacks), params.analyzer.knobs, std::move(x.take),
      this_process(), closed_});
  params.target = target_;
  params.journal_has_thread = true;
  params.journal.listener = std::move(x.listener);
  if (!x.registry)
    x.registry = std::make_shared<prometheus::Registry>();
  params.series = std::make_shared<exposition>(
    std::move(x.registry), x.target.name, params.analyzer.knobs);
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

template <class Result, class... Ts>
answer<Result> embedded::ask(const Ts&... what) {
  auto result = tuner::ask<Result>(*runtime_, pipeline_, patience_, what...);
  if (result)
    return {std::move(*result), {}};
  return {std::nullopt, describe(result.error()), code_of(result.error())};
}

answer<analysis> embedded::analyze() {
  return ask<analysis>(analyze_atom_v);
}

answer<change> embedded::apply(const proposal& x) {
  return ask<change>(apply_atom_v, x);
}

answer<verdict> embedded::degraded() {
  return ask<verdict>(degraded_atom_v);
}

answer<std::vector<change>> embedded::rollback(uint32_t steps) {
  return ask<std::vector<change>>(rollback_atom_v, steps);
}

answer<std::vector<history_event>> embedded::history() {
  return ask<std::vector<history_event>>(history_atom_v);
}

answer<change> embedded::set(const settings& wanted) {
  return ask<change>(set_atom_v, wanted);
}

answer<std::vector<history_event>> embedded::recall(const history_query& x) {
  auto result = ask<std::vector<history_event>>(x);
  return result ? result : newest(history(), x); // As far as it is remembered.
}

answer<std::vector<observation>> embedded::series(const series_query& x) {
  return ask<std::vector<observation>>(x);
}

void embedded::note(const operation& x) {
  visit here;
  caf::anon_send(pipeline_, x);
}

answer<settings> embedded::in_force() {
  return ask<settings>(read_atom_v);
}

answer<tuning_status> embedded::status() {
  return ask<tuning_status>(status_atom_v);
}

answer<tuning_status> embedded::pause() {
  return ask<tuning_status>(pause_atom_v);
}

answer<tuning_status> embedded::resume() {
  return ask<tuning_status>(resume_atom_v);
}

answer<tuning_status> embedded::reconfigure(const config& c) {
  return ask<tuning_status>(settings_of(c, which_));
}

bool embedded::end_target() {
  visit here;
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

extern "C" tuner::engine* auto_tuner_make_engine(tuner::engine_params&& x) {
  return new tuner::embedded{std::move(x)};
}
