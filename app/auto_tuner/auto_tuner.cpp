#include <auto_tuner/auto_tuner.hpp>

#include "actors/analyzer/analysis.hpp"
#include "app/engine.hpp"

#include <stdexcept>

namespace tuner {

namespace {

target_config target_of(const config& c, const tuner_options& options) {
  if (options.target)
    return *options.target;
  return c.targets.size() == 1 ? c.targets.front() : target_config{};
}

} // namespace

struct auto_tuner::impl {
  impl(config c, host h, tuner_options o)
    : settings_from(std::move(c)), target(target_of(settings_from, o)),
      callbacks(std::move(h)), options(std::move(o)),
      enabled(tuning_enabled(settings_from)) {
    if (auto problem = problem_with(settings_from); !problem.empty())
      throw std::invalid_argument{problem};
    if (!options.logs)
      options.logs = std::make_shared<log_hub>(settings_from.logging);
    log = actor_log{options.logs, {"pipeline", 0, target.name}};
    if (!enabled) {
      log(log_level::info, analysis_text::disabled);
      return;
    }
    // Found now, so that what the engine's library has of static objects
    // outlives a static tuner.
    make = find_engine();
    counts = std::make_shared<recorder>();
  }

  /// @returns why nothing can be asked now, or an empty string.
  std::string refusal() const {
    if (!enabled)
      return analysis_text::disabled;
    return running ? "" : "the tuner is not running; call start()";
  }

  void start() {
    if (enabled && !running)
      running.reset(make(
        {settings_from, target, callbacks, [of = counts] { return of->take(); },
         options.registry, options.logs, options.listener}));
  }

  template <class Result, class... Params, class... Ts>
  answer<Result> ask(
    const char* verb, answer<Result> (engine::*what)(Params...),
    const Ts&... args) {
    auto result = answer<Result>{
      std::nullopt, refusal(), enabled ? ec::not_running : ec::disabled};
    if (result.refusal.empty())
      result = (running.get()->*what)(args...);
    if (!result)
      log(log_level::warning, verb, " refused: ", result.refusal);
    return result;
  }

  config settings_from;
  target_config target;
  host callbacks;
  tuner_options options;
  bool enabled;
  actor_log log;
  engine_maker make = nullptr; ///< Null when disabled, like `counts`.
  std::shared_ptr<recorder> counts;
  std::unique_ptr<engine> running;
};

auto_tuner::auto_tuner(config c, host callbacks, tuner_options options)
  : impl_(std::make_unique<impl>(
    std::move(c), std::move(callbacks), std::move(options))) {
  recorder_ = impl_->counts.get();
}

auto_tuner::~auto_tuner() {
  stop();
}

void auto_tuner::start() {
  impl_->start();
}

void auto_tuner::stop() {
  impl_->running.reset();
}

analysis auto_tuner::analyze() {
  auto result = impl_->ask("analyze", &engine::analyze);
  if (result)
    return *result;
  analysis none;
  none.reason = result.refusal;
  return none;
}

answer<change> auto_tuner::apply(const analysis& x) {
  return apply(proposal_of(x));
}

answer<change> auto_tuner::apply(const proposal& x) {
  return impl_->ask("apply", &engine::apply, x);
}

bool auto_tuner::degraded() {
  auto result = impl_->ask("degraded", &engine::degraded);
  return result && result->result == outcome::rolled_back;
}

answer<std::vector<change>> auto_tuner::rollback_last(uint32_t steps) {
  return impl_->ask("rollback", &engine::rollback, steps);
}

std::vector<history_event> auto_tuner::history() {
  if (!impl_->running)
    return {};
  auto result = impl_->ask("history", &engine::history);
  return result ? *result : std::vector<history_event>{};
}

answer<change> auto_tuner::set(const settings& wanted) {
  return impl_->ask("set", &engine::set, wanted);
}

answer<std::vector<history_event>> auto_tuner::recall(const history_query& x) {
  return impl_->ask("recall", &engine::recall, x);
}

answer<std::vector<observation>> auto_tuner::series(const series_query& x) {
  return impl_->ask("series", &engine::series, x);
}

void auto_tuner::note(const operation& x) {
  if (impl_->running)
    impl_->running->note(x);
}

answer<settings> auto_tuner::in_force() {
  return impl_->ask("in_force", &engine::in_force);
}

tuning_status auto_tuner::status() {
  if (!impl_->enabled)
    return {tuning_state::disabled, analysis_text::disabled};
  auto result = impl_->ask("status", &engine::status);
  if (result)
    return *result;
  return {tuning_state::degraded, result.refusal};
}

tuning_status auto_tuner::pause() {
  auto result = impl_->ask("pause", &engine::pause);
  return result ? *result : status();
}

tuning_status auto_tuner::resume() {
  auto result = impl_->ask("resume", &engine::resume);
  return result ? *result : status();
}

answer<tuning_status> auto_tuner::reconfigure(const config& c) {
  if (!impl_->enabled)
    return {status(), {}};
  return impl_->ask("reconfigure", &engine::reconfigure, c);
}

} // namespace tuner
