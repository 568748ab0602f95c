#include "actors/applier/applier.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/monitor/recorder.hpp"
#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "app/pipeline.hpp"
#include "app/wiring.hpp"
#include "bench/bench.hpp"
#include "bench/journal_folder.hpp"

#include <caf/actor_system.hpp>
#include <prometheus/registry.h>

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>

// Each write is timed from the close of the window that led to it: the instant
// its newest sample was taken, which the change carries in its evidence. "The
// last window closed" would not do: a write later than the next window would
// count from that one, and the worst would look good. A sample during which the
// settings changed is no evidence; the cool-down lasts until one is clean, or
// else the time would count from before the last trial.

namespace tuner {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr size_t samples_wanted = 1000;
constexpr size_t spare_samples = 20; // The last trials may still be open.
constexpr auto patience = 3min;
constexpr double usual = 32;

void add_rows(
  bench_result& to, const std::string& name, const std::vector<double>& us) {
  to.push_back({name + "_p50_us", quantile(us, 0.50), "us"});
  to.push_back({name + "_p99_us", quantile(us, 0.99), "us"});
  to.push_back({name + "_samples", static_cast<double>(us.size()), ""});
}

/// @throws std::runtime_error when it takes too long, rather than hang.
void fail_after(clock::time_point begin) {
  if (clock::now() - begin > patience)
    throw std::runtime_error{"pipeline: too few decisions in time"};
}

/// Ends actors on any way out: a runtime waits for them.
struct ender {
  std::vector<caf::actor> actors;

  ~ender() {
    for (const auto& x : actors)
      caf::anon_send_exit(x, caf::exit_reason::kill);
  }
};

std::shared_ptr<log_hub> no_logs() {
  log_params quiet;
  quiet.level = "off";
  return std::make_shared<log_hub>(quiet);
}

std::shared_ptr<exposition> new_series(const knob_table& knobs) {
  return std::make_shared<exposition>(
    std::make_shared<prometheus::Registry>(), "", knobs);
}

/// Decides all the time: the rule wants a smaller batch, which makes latency
/// worse, so that the watchdog undoes it and the rule wants it again.
config restless_config() {
  config result;
  auto& t = result.tuner;
  t.enabled = true;
  t.policy = "threshold";
  t.judge = "threshold";
  t.sample_period_seconds = 0.005;
  t.observation_window_seconds = 0.1;
  t.tuning_interval_seconds = 0.005;
  t.cool_down_seconds = 0.015; // Three samples: see above.
  t.min_requests = 1;
  t.watchdog.check_delay_seconds = 0.01;
  t.rollback.max_per_hour = 0;
  t.back_off.first_seconds = 0; // The same change is undone again and again.
  t.history_size = 10 * samples_wanted;
  return result;
}

/// A host that notes when it was told, by the actors' clock. Its callbacks run
/// on the target's thread: it must outlive the runtime.
struct noting_host {
  actor_context context;
  std::atomic<double> batch{usual};
  std::atomic<size_t> decisions{0};
  std::mutex mutex;
  std::vector<instant> written; ///< Ascending; undone values too.

  host callbacks() {
    return host{}
      .queue_length([] { return 0.0; })
      .memory_used_ratio([] { return 0.6; }) // No reason to touch the cache.
      .on(knob::batch_size, [this](double v) {
        auto now = context.epoch
          + (caf::actor_clock::clock_type::now() - context.epoch_steady);
        std::lock_guard lock{mutex};
        written.push_back(now);
        decisions += v < batch ? 1 : 0;
        batch = v;
      });
  }
};

/// @returns for each tuning change how long after its window closed `seen` was
/// told, in microseconds.
std::vector<double>
times_of(const std::vector<history_event>& events, noting_host& seen) {
  std::vector<double> result;
  std::lock_guard lock{seen.mutex};
  for (const auto& x : events) {
    // The change is dated once it is read back: it is the last write before.
    auto write =
      std::upper_bound(seen.written.begin(), seen.written.end(), x.what.at);
    if (x.what.kind != change_kind::tuning || write == seen.written.begin())
      continue;
    auto closed = x.what.evidence.closed_at;
    result.push_back(seconds(*std::prev(write) - closed) * 1e6);
  }
  return result;
}

/// Answers requests, slower the smaller the batch, until enough was decided.
void serve(
  runtime& rt, const pipeline_actor& tuning, noting_host& seen,
  recorder& counts) {
  auto begin = clock::now();
  while (seen.decisions < samples_wanted + spare_samples) {
    fail_after(begin);
    counts.record_request(1800ms * (usual / seen.batch), true);
    if (seen.batch < usual / 4) // A few were kept: start over.
      static_cast<void>(ask<std::vector<change>>(
        rt, tuning, 10s, rollback_atom_v, uint32_t{100}));
    std::this_thread::sleep_for(200us);
  }
}

/// Until the knob is written: the five actors as `embedded` runs them.
/// @param journal_file where they record; empty: in memory.
std::vector<double> decision_times(const std::string& journal_file) {
  noting_host seen;
  runtime rt{clock_kind::real};
  auto context = rt.context("", no_logs());
  seen.context = context;
  auto c = restless_config();
  c.journal.file = journal_file;
  auto params = wire(c, {});
  params.journal_has_thread = true;
  auto counts = std::make_shared<recorder>();
  params.target = rt.system().spawn(
    callback_target, context,
    callback_target_params{
      seen.callbacks(), params.analyzer.knobs,
      [counts] { return counts->take(); }, this_process()});
  params.series = new_series(params.analyzer.knobs);
  ender end{{caf::actor_cast<caf::actor>(params.target)}};
  auto tuning = rt.system().spawn(pipeline, context, std::move(params));
  end.actors.push_back(caf::actor_cast<caf::actor>(tuning));
  serve(rt, tuning, seen, *counts);
  auto events =
    ask<std::vector<history_event>>(rt, tuning, 10s, history_atom_v);
  if (!events)
    throw std::runtime_error{"pipeline: no history"};
  return times_of(*events, seen);
}

/// Finds every change bad, at once.
watchdog_actor::behavior_type
strict_watchdog(watchdog_actor::pointer, clock::time_point* judged) {
  return {
    [](const sample&) {},
    [judged](const change& what) {
      verdict result;
      result.id = what.id;
      result.result = outcome::rolled_back;
      *judged = clock::now();
      return result;
    },
    [](degraded_atom) { return verdict{}; },
    [](const peer_comparison&) {},
    [](check_atom, change_id) {},
    [](moved_atom, change_id) { return verdict{}; },
    [](waiting_atom) { return uint64_t{0}; },
    [](const watchdog_params&) {},
  };
}

/// From the verdict until the old value is back, one trial after the other.
std::vector<double> undo_times() {
  std::vector<double> result;
  clock::time_point judged;
  runtime rt{clock_kind::real};
  auto context = rt.context("", no_logs());
  auto knobs = standard_knobs({});
  auto shown = host{}.on(knob::batch_size, [&](double v) {
    if (v == usual)
      result.push_back(seconds(clock::now() - judged) * 1e6);
  });
  auto target = rt.system().spawn(
    callback_target, context,
    callback_target_params{shown, knobs, [] { return sample{}; }});
  auto shower = rt.system().spawn(metrics, context, new_series(knobs));
  auto dog = rt.system().spawn(strict_watchdog, &judged);
  journal_params recording;
  recording.store = std::make_shared<ledger>(recording.where);
  auto book = rt.system().spawn<caf::detached>(
    journal, context, std::move(recording),
    std::function<void(const tuning_status&)>{});
  auto hand = rt.system().spawn(
    applier, context, applier_params{}, target, dog, shower,
    std::shared_ptr<intent_slot>{}, book, std::make_shared<history>("", 100));
  ender end{
    {caf::actor_cast<caf::actor>(hand), caf::actor_cast<caf::actor>(dog),
     caf::actor_cast<caf::actor>(book), caf::actor_cast<caf::actor>(shower),
     caf::actor_cast<caf::actor>(target)}};
  proposal half;
  half.moves = {{knob::batch_size, usual, usual / 2, "bench"}};
  auto begin = clock::now();
  while (result.size() < samples_wanted) {
    fail_after(begin);
    static_cast<void>(ask<verdict>(rt, hand, 10s, half));
  }
  return result;
}

} // namespace

bench_result bench_pipeline() {
  bench_result result;
  add_rows(result, "window_close_to_write", decision_times({}));
  {
    journal_folder folder;
    add_rows(
      result, "window_close_to_write_journal_file",
      decision_times(folder.file()));
  }
  add_rows(result, "verdict_to_undone", undo_times());
  return result;
}

} // namespace tuner
