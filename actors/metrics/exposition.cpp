#include "actors/metrics/exposition.hpp"

#include "messages/version.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <cmath>

namespace tuner {

namespace {

/// Thinking takes microseconds, or with a model milliseconds.
const prometheus::Histogram::BucketBoundaries thinking_buckets{
  0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.0025,
  0.005,   0.01,    0.025,  0.05,   0.1,   0.25};

const metric::row& row_of(knob_role role) {
  switch (role) {
  case knob_role::batch_size:
    return metric::batch_size;
  case knob_role::batch_timeout:
    return metric::batch_timeout;
  case knob_role::cache_size:
    return metric::cache_size;
  case knob_role::other:
    break;
  }
  return metric::other_knob;
}

const char* direction_of(const knob_move& move) {
  return move.to > move.from ? "increase" : "decrease";
}

} // namespace

exposition::exposition(
  std::shared_ptr<prometheus::Registry> registry, const std::string& target,
  const knob_table& knobs)
  : registry_(std::move(registry)), target_(target) {
  for (const auto& spec : knobs.knobs)
    knobs_[spec.name] = make_series(spec);
  show_bounds(knobs);
  for (auto how : {outcome::kept, outcome::rolled_back, outcome::inconclusive})
    trials_[to_string(how)] =
      &counter(metric::trials, {{"verdict", to_string(how)}});
  auto histogram = [this](const metric::row& row) {
    return &prometheus::BuildHistogram()
              .Name(row.name)
              .Help(row.help)
              .Register(*registry_)
              .Add(with_target({}), thinking_buckets);
  };
  thinking_ = histogram(metric::decision_duration);
  lag_ = histogram(metric::decision_lag);
  slo_met_ = &counter(metric::slo_windows, {{"result", "met"}});
  slo_missed_ = &counter(metric::slo_windows, {{"result", "missed"}});
  for (auto x :
       {tuning_state::enabled, tuning_state::advise, tuning_state::paused,
        tuning_state::degraded})
    states_[x] = &gauge(metric::state, {{"state", to_string(x)}});
  show(tuning_status{tuning_state::enabled, {}});
  actors_ = &prometheus::BuildGauge()
               .Name(metric::actors.name)
               .Help(metric::actors.help)
               .Register(*registry_)
               .Add({});
  prometheus::BuildGauge()
    .Name(metric::build_info.name)
    .Help(metric::build_info.help)
    .Register(*registry_)
    .Add({{"version", version()}, {"compiler", compiler()}})
    .Set(1);
}

exposition::labels exposition::with_target(labels x) const {
  if (!target_.empty())
    x["target"] = target_;
  return x;
}

prometheus::Counter&
exposition::counter(const metric::row& what, labels x) const {
  return prometheus::BuildCounter()
    .Name(what.name)
    .Help(what.help)
    .Register(*registry_)
    .Add(with_target(std::move(x)));
}

prometheus::Gauge& exposition::gauge(const metric::row& what, labels x) const {
  return prometheus::BuildGauge()
    .Name(what.name)
    .Help(what.help)
    .Register(*registry_)
    .Add(with_target(std::move(x)));
}

exposition::knob_series exposition::make_series(const knob_spec& spec) const {
  knob_series result;
  const labels named{{"parameter", spec.name}};
  for (auto direction : {"increase", "decrease", "no_change", "initial"})
    result.decisions[direction] = &counter(
      metric::decisions, {{"parameter", spec.name}, {"direction", direction}});
  result.rollbacks = &counter(metric::rollbacks, named);
  result.edits = &counter(metric::edits, named);
  auto own_name = spec.role == knob_role::other;
  result.value = &gauge(row_of(spec.role), own_name ? named : labels{});
  return result;
}

void exposition::show(const observation& x) {
  auto rows = metric::observation_gauges();
  figures_.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    auto figure = row.figure(x);
    if (figure && !figures_[i])
      figures_[i] = &gauge(row.what);
    if (figures_[i])
      figures_[i]->Set(figure ? *figure : std::nan(""));
  }
  double objective = objective_seconds_;
  if (objective > 0 && x.completed > 0)
    (seconds(x.latency_p95) <= objective ? slo_met_ : slo_missed_)->Increment();
}

void exposition::show(const analysis& x) {
  thinking_->Observe(seconds(x.thinking));
  lag_->Observe(seconds(x.at + x.thinking - x.evidence.closed_at));
  for (const auto& name : x.held)
    if (auto i = knobs_.find(name); i != knobs_.end())
      i->second.decisions["no_change"]->Increment();
  for (const auto& [name, value] : x.figures) {
    auto& series = model_[name];
    if (!series)
      series = &gauge(metric::model, {{"figure", name}});
    series->Set(value);
  }
  if (!x.advice_only) // Else they count when they take effect.
    return;
  for (const auto& move : x.moves)
    if (auto i = knobs_.find(move.knob); i != knobs_.end())
      i->second.decisions[direction_of(move)]->Increment();
}

void exposition::show(const change& x) {
  for (const auto& move : x.moves) {
    auto i = knobs_.find(move.knob);
    if (i == knobs_.end())
      continue;
    i->second.value->Set(move.to);
    if (x.kind == change_kind::rollback)
      i->second.rollbacks->Increment();
    else if (x.kind == change_kind::edit)
      i->second.edits->Increment();
    else if (x.kind == change_kind::initial)
      i->second.decisions["initial"]->Increment();
    else
      i->second.decisions[direction_of(move)]->Increment();
  }
}

void exposition::show(const verdict& x) {
  if (auto i = trials_.find(to_string(x.result)); i != trials_.end())
    i->second->Increment();
}

void exposition::show(const tuning_status& x) {
  for (const auto& [state, series] : states_)
    series->Set(state == x.state);
}

void exposition::show_objective(const reading& p95_ms) {
  auto objective = p95_ms ? *p95_ms / 1000 : 0;
  if (objective_seconds_.exchange(objective) != objective)
    gauge(metric::slo_p95).Set(p95_ms ? objective : std::nan(""));
}

void exposition::show_bounds(const knob_table& knobs) {
  for (const auto& x : knobs.knobs) {
    const labels named{{"parameter", x.name}};
    gauge(metric::knob_min, named).Set(x.enabled ? x.min : std::nan(""));
    gauge(metric::knob_max, named).Set(x.enabled ? x.max : std::nan(""));
  }
}

void exposition::show_journal(bool up) {
  gauge(metric::journal_up).Set(up);
}

void exposition::show_mailbox(const std::string& actor, uint64_t waiting) {
  gauge(metric::mailbox, {{"actor", actor}}).Set(static_cast<double>(waiting));
}

} // namespace tuner
