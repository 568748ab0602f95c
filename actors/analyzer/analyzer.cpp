#include "actors/analyzer/analyzer.hpp"

#include "actors/analyzer/analysis.hpp"

namespace tuner {

namespace {

using self_ptr = analyzer_actor::stateful_pointer<analyzer_state>;

analysis analysis_of(self_ptr self, const observation& seen) {
  auto& st = self->state;
  return analyze(
    *st.decide_by, seen, st.params.knobs, st.params.gate.requests_min,
    st.context.now(self));
}

void log_analysis(analyzer_state& st, const analysis& x) {
  auto told_before = x.reason == std::exchange(st.last_reason, x.reason);
  // What is written to the target, the applier tells.
  auto news = x.moves.empty() ? !told_before : x.advice_only;
  auto level = news ? log_level::info : log_level::debug;
  if (!st.log.enabled(level))
    return;
  auto what = x.moves.empty()
    ? ""
    : (x.advice_only ? "would change " : "recommends ") + to_string(x.moves)
      + ": ";
  st.log(level, what, x.reason, " (", summary(x.evidence), ')');
}

void try_out(self_ptr self, const analysis& x) {
  auto& st = self->state;
  st.gate.trial_open = true;
  self->request(st.applier, st.params.trial_timeout, proposal_of(x))
    .then(
      [self](const verdict& v) { close_trial(self->state.gate, v); },
      [self](const caf::error& why) {
        self->state.log(log_level::warning, "no trial: ", describe(why));
        verdict none;
        none.at = self->state.context.now(self);
        close_trial(self->state.gate, none);
      });
}

void decide(self_ptr self, const observation& seen) {
  auto& st = self->state;
  auto now = st.context.now(self);
  if (auto why = shut_because(st.params.gate, st.gate, now))
    return st.log(log_level::debug, "no decision: ", *why);
  auto result = analysis_of(self, seen);
  auto advice = advice_only_because(st.params.gate, st.gate, now);
  result.advice_only = advice.has_value();
  if (!result.moves.empty() && !advice)
    try_out(self, result);
  self->send(st.metrics, result);
  log_analysis(st, result);
  if (!result.moves.empty() && advice)
    st.log(log_level::info, "nothing is written: ", *advice);
}

tuning_status status(self_ptr self) {
  auto& st = self->state;
  if (st.gate.paused)
    return {tuning_state::paused, "paused by an operator"};
  auto now = st.context.now(self);
  if (auto why = advice_only_because(st.params.gate, st.gate, now))
    return {tuning_state::advise, *why};
  return {
    tuning_state::enabled,
    st.gate.trial_open ? "a trial is running" : "watching"};
}

void set_paused(self_ptr self, bool paused) {
  self->state.gate.paused = paused;
  self->state.log(log_level::warning, paused ? "paused" : "resumed");
}

} // namespace

analyzer_actor::behavior_type analyzer(
  self_ptr self, actor_context context, analyzer_params params,
  applier_actor applier, metrics_actor metrics) {
  auto& st = self->state;
  st.log = context.log(self, analyzer_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.applier = std::move(applier);
  st.metrics = std::move(metrics);
  st.decide_by = make_policy(st.params.policy);
  log_exceptions(self, st.log);
  st.log(log_level::info, "decides by policy ", st.decide_by->name());
  return {
    [self](const observation& seen) { decide(self, seen); },
    [self](analyze_atom, const observation& seen) {
      return analysis_of(self, seen);
    },
    [self](pause_atom) { set_paused(self, true); },
    [self](resume_atom) { set_paused(self, false); },
    [self](status_atom) { return status(self); },
  };
}

} // namespace tuner
