#pragma once

#include "messages/knob.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tuner {

/// A figure that a target may not report.
struct reading {
  double value = 0;
  bool known = false;

  reading() = default;
  reading(double x) : value(x), known(true) {}

  explicit operator bool() const { return known; }
  double operator*() const { return value; }
};

template <class Inspector>
auto inspect(Inspector& f, reading& x) {
  return f(x.value, x.known);
}

/// FACT: what a target did during one closed window on unchanged settings.
struct observation {
  instant opened_at{};
  instant closed_at{};
  uint64_t completed = 0; ///< Requests answered: the sample count.
  uint64_t failed = 0;    ///< Requests that ended in an error.
  uint64_t invalid = 0;   ///< Recordings refused: NaN or negative latency.
  reading offered;        ///< Requests that arrived.
  duration latency_p50{}; ///< Of the completed requests, like those below.
  duration latency_p95{};
  duration latency_p99{};
  duration latency_mean{};
  uint64_t batches = 0;
  double batch_size_mean = 0;
  double busy_workers = 0;   ///< Mean number of batches being served.
  reading cache_hit_ratio;   ///< In [0, 1].
  reading queue_length;      ///< Requests waiting, mean over the samples.
  reading memory_used_ratio; ///< Of what the target may use, in [0, 1].
  reading memory_mib;        ///< What the target uses.
  reading cpu_cores;         ///< Cores the process kept busy.
  settings in_force;         ///< What the target ran with.

  duration length() const { return closed_at - opened_at; }
};

template <class Inspector>
auto inspect(Inspector& f, observation& x) {
  return f(
    x.opened_at, x.closed_at, x.completed, x.failed, x.invalid, x.offered,
    x.latency_p50, x.latency_p95, x.latency_p99, x.latency_mean, x.batches,
    x.batch_size_mean, x.busy_workers, x.cache_hit_ratio, x.queue_length,
    x.memory_used_ratio, x.memory_mib, x.cpu_cores, x.in_force);
}

/// @returns completed requests per second; 0 for an empty window.
double throughput_rps(const observation& x);

/// @returns requests per second that arrived, or where that is unknown, that
/// completed; 0 for an empty window.
double load_rps(const observation& x);

/// @returns completed ÷ offered where offered is known and not zero.
reading served_ratio(const observation& x);

/// @returns one line for people: `p95 12.3 ms, 480 rps, ...`.
std::string summary(const observation& x);

/// One knob going from one value to another, and why.
struct knob_move {
  std::string knob;
  double from = 0;
  double to = 0;
  std::string reason; ///< In words for an operator.
};

template <class Inspector>
auto inspect(Inspector& f, knob_move& x) {
  return f(x.knob, x.from, x.to, x.reason);
}

/// @returns `batch_size 32 -> 24, batch_timeout_ms 50 -> 37`.
std::string to_string(const std::vector<knob_move>& x);

/// Settings that were weighed, and what a model expects of them (D4).
struct candidate {
  settings values;
  double p95_ms = 0;     ///< Predicted at the load forecast.
  double cost = 0;       ///< Predicted busy workers, and memory at its price.
  bool feasible = false; ///< Expected to meet the objective.
};

template <class Inspector>
auto inspect(Inspector& f, candidate& x) {
  return f(x.values, x.p95_ms, x.cost, x.feasible);
}

/// FACT: what one look at an observation led to. No moves means hold.
struct analysis {
  instant at{};
  std::vector<knob_move> moves;
  std::vector<std::string> held; ///< Tunable knobs that stay as they are.
  std::string reason;            ///< In words for an operator.
  observation evidence;          ///< The window looked at.
  bool advice_only = false;      ///< Mode `advise`: nothing will be written.
  std::vector<candidate> considered; ///< Best first; the first may be chosen.
  duration settle{}; ///< Until the moves show what they are worth.
  std::map<std::string, double> figures; ///< Of the policy, by name.
  duration thinking{}; ///< That it took; 0 on a simulated clock.
};

template <class Inspector>
auto inspect(Inspector& f, analysis& x) {
  return f(
    x.at, x.moves, x.held, x.reason, x.evidence, x.advice_only, x.considered,
    x.settle, x.figures, x.thinking);
}

/// COMMAND: move the target, on this evidence, for this reason.
struct proposal {
  std::vector<knob_move> moves;      ///< `from` is informative; `to` counts.
  observation evidence;              ///< The window that led to it.
  std::string reason;                ///< In words for an operator.
  std::vector<candidate> considered; ///< Best first.
  bool urgent = false; ///< The objective is being missed: ends a trial.
  duration settle{};   ///< Until it shows what it is worth; judged later then.
};

template <class Inspector>
auto inspect(Inspector& f, proposal& x) {
  return f(x.moves, x.evidence, x.reason, x.considered, x.urgent, x.settle);
}

/// For how long a target keeps what nobody has confirmed (B7).
struct lease {
  duration silence{}; ///< Without a sample being taken: each one renews it.
  duration longest{}; ///< In all.
};

template <class Inspector>
auto inspect(Inspector& f, lease& x) {
  return f(x.silence, x.longest);
}

/// Identifies one change; unique per target, also across restarts of actors.
enum class change_id : uint64_t {};

inline std::string to_string(change_id x) {
  return '#' + std::to_string(static_cast<uint64_t>(x));
}

/// What brought a change about; an edit is not the tuner's.
enum class change_kind : uint8_t { initial, tuning, rollback, edit };

const char* to_string(change_kind x);

/// FACT: the target runs on different settings since `at`.
struct change {
  change_id id{}; ///< A rollback has the id of the change it undoes.
  change_kind kind{};
  instant at{};
  std::vector<knob_move> moves;      ///< As read back, not as asked for.
  observation evidence;              ///< What was seen before.
  std::string reason;                ///< In words for an operator.
  std::vector<candidate> considered; ///< Best first.
  duration settle{};      ///< After `at`: until it shows what it is worth.
  bool step_back = false; ///< What is left of the change before it, undone in
                          ///< part: judged against what was before that.
};

template <class Inspector>
auto inspect(Inspector& f, change& x) {
  return f(
    x.id, x.kind, x.at, x.moves, x.evidence, x.reason, x.considered, x.settle,
    x.step_back);
}

/// How a trial ends. `open` while it runs. The last two don't end it: the old
/// settings are wanted back for a look, and the new ones again.
enum class outcome : uint8_t {
  open,
  kept,
  rolled_back,
  inconclusive,
  doubted,
  retried
};

const char* to_string(outcome x);

/// @returns whether nothing of the trial comes after this.
bool ends_trial(outcome x);

/// FACT: how the trial of one change ended.
struct verdict {
  change_id id{};
  outcome result{};
  instant at{};
  std::string reason;
  observation before; ///< The window wholly before the change.
  observation after;  ///< The window wholly after it.
  std::map<std::string, double> numbers{}; ///< What the judge went by, by name.
};

template <class Inspector>
auto inspect(Inspector& f, verdict& x) {
  return f(x.id, x.result, x.at, x.reason, x.before, x.after, x.numbers);
}

/// One entry of the history: a change and what became of it.
struct history_event {
  std::string target;
  change what;
  verdict judged;      ///< `open` until the trial ends.
  bool undone = false; ///< Its old values are back.
};

template <class Inspector>
auto inspect(Inspector& f, history_event& x) {
  return f(x.target, x.what, x.judged, x.undone);
}

/// What the tuner is doing (C4).
enum class tuning_state : uint8_t {
  disabled,
  enabled,
  advise,
  paused,
  degraded
};

const char* to_string(tuning_state x);

/// FACT: the tuner's health.
struct tuning_status {
  tuning_state state{};
  std::string reason;
};

template <class Inspector>
auto inspect(Inspector& f, tuning_status& x) {
  return f(x.state, x.reason);
}

} // namespace tuner
