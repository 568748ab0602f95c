#include "app/commands/scenarios.hpp"

#include "actors/analyzer/analysis.hpp"

#include <auto_tuner/auto_tuner.hpp>

#include <algorithm>

namespace tuner {

namespace {

using namespace std::chrono_literals;

/// What a target does before anything is changed, and what should follow.
struct decision_scenario {
  const char* title;
  steady_traffic traffic;
  standard_values values;
  const char* knob;      ///< That is to move; `nullptr` if none is.
  double wanted;         ///< Where to.
  const char* direction; ///< As in the counter's label.
};

const decision_scenario decisions[] = {
  {"high latency",
   {15, 1800ms},
   {32, 50, 4096},
   knob::batch_size,
   24,
   "decrease"},
  {"low throughput, good latency",
   {5, 420ms},
   {16, 50, 4096},
   knob::batch_size,
   20,
   "increase"},
  {"high throughput",
   {60, 220ms},
   {32, 50, 4096},
   knob::batch_timeout,
   37,
   "decrease"},
  {"optimal", {25, 550ms}, {32, 50, 4096}, nullptr, 0, nullptr},
};

config demo_config(const standard_values& values) {
  config result;
  result.tuner.enabled = true;
  result.tuner.policy = "threshold";
  result.tuner.judge = "threshold";
  result.batcher = {values.batch_size, values.batch_timeout_ms};
  result.cache = {values.cache_size_mb};
  return result;
}

std::string traffic_text(const steady_traffic& x) {
  return "p95 " + to_string(x.latency) + ", " + format_number(x.offered_rps)
    + " rps";
}

std::string event_text(const history_event& x) {
  std::string result = std::string{to_string(x.what.kind)} + ' '
    + to_string(x.what.id) + ' ' + to_string(x.what.moves) + ": "
    + x.what.reason;
  if (x.what.kind == change_kind::tuning)
    result += " [" + std::string{to_string(x.judged.result)} + ']';
  return result;
}

std::string calls_text(const rehearsal& on) {
  std::string result;
  for (const auto& [name, value] : on.calls)
    result +=
      (result.empty() ? "" : ", ") + name + " = " + format_number(value);
  return result.empty() ? "no callback called" : "callbacks: " + result;
}

std::string metric_text(const rehearsal& on, const std::string& series) {
  auto value = on.metric(series);
  return series + ' ' + (value ? format_number(*value) : "is missing");
}

std::string gauge_of(const std::string& knob) {
  return "auto_tuning_" + knob;
}

std::vector<history_event> history_of(rehearsal& on) {
  return *on.ask<std::vector<history_event>>(history_atom_v);
}

proposal by_hand(std::vector<knob_move> moves) {
  proposal result;
  result.moves = std::move(moves);
  result.reason = "by hand";
  return result;
}

void add_history(scenario_report& to, rehearsal& on) {
  auto events = history_of(on);
  for (const auto& x : events)
    to.steps.emplace_back("recorded", event_text(x));
  if (events.empty())
    to.steps.emplace_back("recorded", "history is empty");
}

void add_metric(
  scenario_report& to, rehearsal& on, const std::string& series,
  double wanted) {
  auto line = metric_text(on, series);
  to.steps.emplace_back("metrics", line);
  to.expectations.push_back(
    {"metric", series + ' ' + format_number(wanted), line});
}

scenario_report play_decision(const decision_scenario& x) {
  scenario_report result{x.title, {}, {}};
  rehearsal on{demo_config(x.values)};
  auto before = on.host_runs_with;
  on.play(59s, x.traffic);
  auto thought = *on.ask<analysis>(analyze_atom_v);
  on.play(1s, x.traffic); // The tuning interval ends: the pipeline decides.
  result.steps = {
    {"observed", summary(thought.evidence) + "; " + to_string(before)},
    {"recommended",
     (thought.moves.empty() ? "" : to_string(thought.moves) + ": ")
       + thought.reason},
    {"applied", calls_text(on)}};
  on.play(30s, x.traffic);
  for (const auto& e : history_of(on))
    result.steps.emplace_back(
      "judged",
      std::string{to_string(e.judged.result)} + ": " + e.judged.reason);
  add_history(result, on);
  auto wanted = before;
  if (x.knob)
    wanted[x.knob] = x.wanted;
  result.expectations = {
    {"settings", to_string(wanted), to_string(on.host_runs_with)}};
  if (!x.knob) {
    result.expectations.push_back(
      {"reason", analysis_text::optimal, thought.reason});
    return result;
  }
  add_metric(
    result, on,
    std::string{"auto_tuning_decisions_total{direction=\""} + x.direction
      + "\",parameter=\"" + x.knob + "\"}",
    1);
  add_metric(result, on, gauge_of(x.knob), x.wanted);
  return result;
}

scenario_report play_rollback() {
  scenario_report result{"degradation and rollback", {}, {}};
  const steady_traffic before{20, 500ms};
  const steady_traffic after{15, 650ms};
  rehearsal on{demo_config({32, 50, 4096})};
  on.play(50s, before);
  result.steps = {{"observed", traffic_text(before) + ", batch_size 32"}};
  auto applied = on.ask<change>(
    apply_atom_v, by_hand({{knob::batch_size, 32, 64, "by hand"}}));
  result.steps.emplace_back("applied", calls_text(on));
  on.play(30s, after);
  result.steps.emplace_back("observed", "30 s later " + traffic_text(after));
  auto events = history_of(on);
  result.steps.emplace_back(
    "judged",
    std::string{to_string(events.front().judged.result)} + ": "
      + events.front().judged.reason);
  result.steps.emplace_back("undone", calls_text(on));
  add_history(result, on);
  add_metric(
    result, on, "auto_tuning_rollbacks_total{parameter=\"batch_size\"}", 1);
  add_metric(result, on, gauge_of(knob::batch_size), 32);
  result.expectations.push_back(
    {"applied", "callbacks: batch_size = 64, batch_size = 32", calls_text(on)});
  result.expectations.push_back(
    {"rollback event",
     "Rollback due to performance degradation after tuning at "
       + to_string(applied->at),
     events.back().what.reason});
  return result;
}

scenario_report play_disabled() {
  scenario_report result{"disabled", {}, {}};
  std::vector<std::string> calls;
  auto note = [&](const char* name) {
    return [&calls, name](double v) {
      calls.push_back(name + (" = " + format_number(v)));
    };
  };
  auto c = demo_config({32, 50, 4096});
  c.tuner.enabled = false;
  tuner_options options;
  options.logs = std::make_shared<log_hub>(
    log_params{}, nullptr,
    [&](std::string_view line) { result.steps.emplace_back("logged", line); });
  auto_tuner tuner{
    c,
    host{}
      .on(knob::batch_size, note("batch_size"))
      .on(knob::batch_timeout, note("batch_timeout_ms"))
      .on(knob::cache_size, note("cache_size_mb")),
    options};
  tuner.start();
  for (int i = 0; i < 15 * 60; ++i)
    tuner.record_request(1800ms, true);
  auto thought = tuner.analyze();
  auto applied = tuner.apply(by_hand(
    {{knob::batch_size, 32, 64, ""},
     {knob::batch_timeout, 50, 100, ""},
     {knob::cache_size, 4096, 8192, ""}}));
  result.steps.emplace_back("observed", "p95 1800 ms, 15 rps, batch_size 32");
  result.steps.emplace_back("recommended", thought.reason);
  result.steps.emplace_back(
    "applied", "64 / 100 ms / 8192 MiB refused: " + applied.refusal);
  result.steps.emplace_back(
    "recorded",
    std::to_string(tuner.history().size()) + " events, "
      + std::to_string(calls.size()) + " callback calls");
  result.expectations = {
    {"reason", analysis_text::disabled, thought.reason},
    {"moves", "0", std::to_string(thought.moves.size())},
    {"refusal", analysis_text::disabled, applied.refusal},
    {"history", "0", std::to_string(tuner.history().size())},
    {"callbacks", "0", std::to_string(calls.size())},
    {"status", "disabled", to_string(tuner.status().state)}};
  return result;
}

} // namespace

bool scenario_report::passed() const {
  return std::all_of(
    expectations.begin(), expectations.end(),
    [](const expectation& x) { return x.wanted == x.seen; });
}

scenario_report play_scenario(int number) {
  if (number <= 4)
    return play_decision(decisions[number - 1]);
  return number == 5 ? play_rollback() : play_disabled();
}

} // namespace tuner
