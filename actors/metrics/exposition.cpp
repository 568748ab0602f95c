#include "actors/metrics/exposition.hpp"

#include "actors/metrics/metric_table.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <cmath>

namespace tuner {

namespace {

auto& counters(prometheus::Registry& registry, const metric::row& row) {
  return prometheus::BuildCounter().Name(row.name).Help(row.help).Register(
    registry);
}

auto& gauges(
  prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

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
  auto& trials = counters(*registry_, metric::trials);
  for (auto how : {outcome::kept, outcome::rolled_back, outcome::inconclusive})
    trials_[to_string(how)] =
      &trials.Add(with_target({{"verdict", to_string(how)}}));
}

exposition::labels exposition::with_target(labels x) const {
  if (!target_.empty())
    x["target"] = target_;
  return x;
}

exposition::knob_series exposition::make_series(const knob_spec& spec) {
  knob_series result;
  auto& decisions = counters(*registry_, metric::decisions);
  for (auto direction : {"increase", "decrease", "no_change", "initial"})
    result.decisions[direction] = &decisions.Add(
      with_target({{"parameter", spec.name}, {"direction", direction}}));
  result.rollbacks = &counters(*registry_, metric::rollbacks)
                        .Add(with_target({{"parameter", spec.name}}));
  result.edits = &counters(*registry_, metric::edits)
                    .Add(with_target({{"parameter", spec.name}}));
  const auto& row = row_of(spec.role);
  auto own_name = spec.role == knob_role::other;
  result.value = &gauges(*registry_, row.name, row.help)
                    .Add(with_target(
                      own_name ? labels{{"parameter", spec.name}} : labels{}));
  return result;
}

void exposition::show(const observation& x) {
  auto rows = metric::observation_gauges();
  figures_.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    auto figure = row.figure(x);
    if (figure && !figures_[i])
      figures_[i] =
        &gauges(*registry_, row.name, row.help).Add(with_target({}));
    if (figures_[i])
      figures_[i]->Set(figure ? *figure : std::nan(""));
  }
}

void exposition::show(const analysis& x) {
  for (const auto& name : x.held)
    if (auto i = knobs_.find(name); i != knobs_.end())
      i->second.decisions["no_change"]->Increment();
  for (const auto& [name, value] : x.figures) {
    auto& series = model_[name];
    if (!series)
      series = &gauges(*registry_, metric::model.name, metric::model.help)
                  .Add(with_target({{"figure", name}}));
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

} // namespace tuner
