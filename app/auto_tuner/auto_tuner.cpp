#include <auto_tuner/auto_tuner.hpp>

#include "actors/analyzer/analysis.hpp"
#include "app/embedded.hpp"

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
    if (enabled)
      counts = std::make_shared<recorder>();
    else
      log(log_level::info, analysis_text::disabled);
  }

  /// @returns why nothing can be asked now, or an empty string.
  std::string refusal() const {
    if (!enabled)
      return analysis_text::disabled;
    return running ? "" : "the tuner is not running; call start()";
  }

  template <class Result, class... Ts>
  answer<Result> ask(const char* verb, const Ts&... what) {
    auto why = refusal();
    if (why.empty()) {
      auto result = running->ask<Result>(what...);
      if (result)
        return {std::move(*result), {}};
      why = describe(result.error());
    }
    log(log_level::warning, verb, " refused: ", why);
    return {std::nullopt, why};
  }

  config settings_from;
  target_config target;
  host callbacks;
  tuner_options options;
  bool enabled;
  actor_log log;
  std::shared_ptr<recorder> counts;
  std::unique_ptr<embedded> running;
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
  auto& x = *impl_;
  if (x.enabled && !x.running)
    x.running = std::make_unique<embedded>(
      x.settings_from, x.target, x.callbacks, x.counts, x.options.registry,
      x.options.logs);
}

void auto_tuner::stop() {
  impl_->running.reset();
}

analysis auto_tuner::analyze() {
  auto result = impl_->ask<analysis>("analyze", analyze_atom_v);
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
  return impl_->ask<change>("apply", apply_atom_v, x);
}

bool auto_tuner::degraded() {
  auto result = impl_->ask<verdict>("degraded", degraded_atom_v);
  return result && result->result == outcome::rolled_back;
}

answer<std::vector<change>> auto_tuner::rollback_last(uint32_t steps) {
  return impl_->ask<std::vector<change>>("rollback", rollback_atom_v, steps);
}

std::vector<history_event> auto_tuner::history() {
  if (!impl_->running)
    return {};
  auto result =
    impl_->ask<std::vector<history_event>>("history", history_atom_v);
  return result ? *result : std::vector<history_event>{};
}

answer<settings> auto_tuner::in_force() {
  return impl_->ask<settings>("in_force", read_atom_v);
}

tuning_status auto_tuner::status() {
  if (!impl_->enabled)
    return {tuning_state::disabled, analysis_text::disabled};
  auto result = impl_->ask<tuning_status>("status", status_atom_v);
  if (result)
    return *result;
  return {tuning_state::degraded, result.refusal};
}

tuning_status auto_tuner::pause() {
  auto result = impl_->ask<tuning_status>("pause", pause_atom_v);
  return result ? *result : status();
}

tuning_status auto_tuner::resume() {
  auto result = impl_->ask<tuning_status>("resume", resume_atom_v);
  return result ? *result : status();
}

} // namespace tuner
