#include "app/simulation/report.hpp"

#include "actors/applier/explain.hpp"
#include "config/text.hpp"

#include <cmath>

namespace tuner::simulation {

namespace {

/// Puts a JSON object together, key by key.
class object {
public:
  object& add(const std::string& key, const std::string& json) {
    text_ += (text_.empty() ? "" : ", ") + text::quoted(key) + ": " + json;
    return *this;
  }
  object& add(const std::string& key, double x) {
    // Enough digits for any use, and few enough to read.
    return add(key, std::isfinite(x) ? format_number(x, 9) : "null");
  }
  object& add(const std::string& key, uint64_t x) {
    return add(key, std::to_string(x));
  }
  object& add(const std::string& key, const reading& x) {
    return x ? add(key, *x) : add(key, std::string{"null"});
  }
  object& word(const std::string& key, const std::string& x) {
    return add(key, text::quoted(x));
  }
  std::string json() const { return '{' + text_ + '}'; }

private:
  std::string text_;
};

template <class List, class ToJson>
std::string array(const List& items, ToJson to_json) {
  std::string result;
  for (const auto& x : items)
    result += (result.empty() ? "" : ", ") + to_json(x);
  return '[' + result + ']';
}

std::string settings_json(const settings& x) {
  object result;
  for (const auto& [knob, value] : x)
    result.add(knob, value);
  return result.json();
}

void add_figures(object& to, const run_figures& x, double workers_per_gib) {
  to.add("p50_latency_ms", x.p50_latency_ms)
    .add("p95_latency_ms", x.p95_latency_ms)
    .add("p99_latency_ms", x.p99_latency_ms)
    .add("slo_violation_ratio", x.slo_violation_ratio)
    .add("settled_slo_violation_ratio", x.settled_violation_ratio)
    .add("longest_violation_seconds", x.longest_violation_seconds)
    .add("goodput_ratio", x.goodput_ratio)
    .add("busy_workers", x.busy_workers)
    .add("memory_mb", x.memory_mb)
    .add("cost", x.cost(workers_per_gib));
}

std::string verdict_json(const verdict& x) {
  return x.result == outcome::open ? "null" : text::quoted(to_string(x.result));
}

std::string window_json(const observation& x) {
  return object{}
    .add("p95_latency_ms", milliseconds(x.latency_p95))
    .add("throughput_rps", throughput_rps(x))
    .add("completed", x.completed)
    .add("offered", x.offered)
    .add("busy_workers", x.busy_workers)
    .json();
}

std::string numbers_json(const decision_record& x) {
  auto considered = array(x.what.considered, [](const candidate& c) {
    return object{}
      .add("settings", settings_json(c.values))
      .add("p95_latency_ms", c.p95_ms)
      .add("cost", c.cost)
      .add("feasible", std::string{c.feasible ? "true" : "false"})
      .json();
  });
  return object{}
    .add("evidence", window_json(x.what.evidence))
    .add("considered", considered)
    .add("before", window_json(x.judged.before))
    .add("after", window_json(x.judged.after))
    .add("judge", settings_json(x.judged.numbers))
    .word("verdict_reason", x.judged.reason)
    .json();
}

std::string decision_json(const decision_record& x) {
  auto knobs = array(x.what.moves, [](const knob_move& m) {
    return object{}
      .word("knob", m.knob)
      .add("old", m.from)
      .add("new", m.to)
      .json();
  });
  auto judged = x.judged.result != outcome::open;
  return object{}
    .add("id", x.id)
    .add("at", x.at)
    .add("knobs", knobs)
    .word("reason", x.what.reason)
    .add("verdict", verdict_json(x.judged))
    .add("verdict_at", judged ? reading{x.judged_at} : reading{})
    .add("undone_at", x.undone_at)
    .add("numbers", numbers_json(x))
    .json();
}

std::string number(double x) {
  return format_number(x, 4);
}

std::string percent(double ratio) {
  return number(100 * ratio) + " %";
}

std::string figures_text(const run_figures& x, double workers_per_gib) {
  return "  p50 / p95 / p99      " + number(x.p50_latency_ms) + " / "
    + number(x.p95_latency_ms) + " / " + number(x.p99_latency_ms) + " ms\n"
    + "  SLO violated         " + percent(x.slo_violation_ratio)
    + " of 10 s windows, from the second minute on "
    + percent(x.settled_violation_ratio) + ", at most "
    + number(x.longest_violation_seconds) + " s in a row\n"
    + "  completed / offered  " + percent(x.goodput_ratio) + '\n'
    + "  busy workers         " + number(x.busy_workers) + '\n'
    + "  memory               " + number(x.memory_mb) + " MiB\n"
    + "  cost                 " + number(x.cost(workers_per_gib))
    + " busy workers\n";
}

} // namespace

std::string to_json(const report& x) {
  object result;
  result.word("scenario", x.what.name)
    .word("policy", x.tuned.policy)
    .word("judge", x.tuned.judge)
    .add("seed", x.what.seed)
    .add("requests", x.tuned.figures.requests);
  add_figures(result, x.tuned.figures, x.workers_per_gib);
  result.add("changes", uint64_t{x.tuned.decisions.size()})
    .add("rollbacks", x.tuned.rollbacks)
    .add("inconclusive", x.tuned.inconclusive)
    .add("converged_at_seconds", x.tuned.converged_at_seconds)
    .add("final_settings", settings_json(x.tuned.final_settings))
    .add("wall_seconds", x.wall_seconds);
  if (x.decisions)
    result.add("decisions", array(x.tuned.decisions, decision_json));
  if (x.oracle) {
    object best;
    best.add("settings", settings_json(x.oracle->values));
    add_figures(best, x.oracle->figures, x.workers_per_gib);
    result.add("oracle", best.json());
  }
  return result.json();
}

std::string to_text(const report& x) {
  auto result = (x.what.name.empty() ? "scenario" : x.what.name) + ", policy "
    + x.tuned.policy + ", judge " + x.tuned.judge + ", seed "
    + std::to_string(x.what.seed) + ": "
    + std::to_string(x.tuned.figures.requests) + " requests in "
    + number(x.what.duration_seconds) + " s (simulated in "
    + number(x.wall_seconds) + " s)\n"
    + figures_text(x.tuned.figures, x.workers_per_gib)
    + "  changes              " + std::to_string(x.tuned.decisions.size())
    + ", " + std::to_string(x.tuned.rollbacks) + " rolled back, "
    + std::to_string(x.tuned.inconclusive) + " inconclusive, the last after "
    + number(x.tuned.converged_at_seconds) + " s\n" + "  settings at the end  "
    + to_string(x.tuned.final_settings) + '\n';
  if (x.decisions)
    for (const auto& d : x.tuned.decisions)
      result += "  " + number(d.at) + " s  " + to_string(d.what.moves) + ": "
        + d.what.reason + " [" + to_string(d.judged.result)
        + (d.judged.reason.empty() ? "" : ": " + d.judged.reason) + "]\n";
  for (const auto& d : x.tuned.decisions)
    if (x.explained && (*x.explained == 0 || *x.explained == d.id))
      result += explain(d.what, d.judged);
  if (x.oracle)
    result += "best static settings, the future known: "
      + to_string(x.oracle->values) + '\n'
      + figures_text(x.oracle->figures, x.workers_per_gib)
      + "tuned cost ÷ best "
      + number(x.tuned.figures.cost(x.workers_per_gib)
               / x.oracle->figures.cost(x.workers_per_gib))
      + '\n';
  return result;
}

} // namespace tuner::simulation
