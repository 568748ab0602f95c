#include "actors/applier/applier.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "bench/bench.hpp"

#include <auto_tuner/auto_tuner.hpp>
#include <caf/actor_system.hpp>
#include <prometheus/registry.h>

#include <atomic>
#include <mutex>
#include <thread>

namespace tuner {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr size_t samples_wanted = 1000;
constexpr double usual = 32;

double microseconds_since(clock::time_point begin) {
  return std::chrono::duration<double, std::micro>{clock::now() - begin}
    .count();
}

void add_rows(
  bench_result& to, const std::string& name, const std::vector<double>& us) {
  to.push_back({name + "_p50_us", quantile(us, 0.50), "us"});
  to.push_back({name + "_p99_us", quantile(us, 0.99), "us"});
  to.push_back({name + "_samples", static_cast<double>(us.size()), ""});
}

/// Decides all the time: the rule wants a smaller batch, which makes latency
/// worse, so that the watchdog undoes it and the rule wants it again.
config restless_config() {
  config result;
  auto& t = result.tuner;
  t.enabled = true;
  t.policy = "threshold";
  t.judge = "threshold";
  t.sample_period_seconds = 0.002;
  t.observation_window_seconds = 0.1;
  t.tuning_interval_seconds = 0.002;
  t.cool_down_seconds = 0;
  t.min_requests = 1;
  t.watchdog.check_delay_seconds = 0.006;
  t.rollback.max_per_hour = 0;
  result.logging.level = "off";
  return result;
}

/// How long decisions took, in microseconds.
struct decision_times {
  std::vector<double> from_close;  ///< Since the monitor closed the window.
  std::vector<double> from_sample; ///< Since its last sample was taken.
};

/// Until the knob is written. The monitor's own log line tells when the window
/// closed; the host's callback, when the sample was taken.
decision_times measure_decisions() {
  decision_times result;
  std::mutex mutex; // The callbacks run on the tuner's threads.
  std::atomic<double> batch{usual};
  clock::time_point sampled;
  std::atomic<clock::time_point> closed;
  tuner_options options;
  log_params logs;
  logs.level = "off";
  logs.levels = {{"monitor", "debug"}};
  options.logs = std::make_shared<log_hub>(
    logs, nullptr, [&](std::string_view) { closed = clock::now(); });
  auto write = [&](double v) {
    std::lock_guard lock{mutex};
    if (v != usual && batch == usual) { // A decision, not an undo.
      result.from_close.push_back(microseconds_since(closed));
      result.from_sample.push_back(microseconds_since(sampled));
    }
    batch = v;
  };
  auto_tuner t{
    restless_config(),
    host{}
      .queue_length([&] {
        sampled = clock::now();
        return 0.0;
      })
      .memory_used_ratio([] { return 0.6; })
      .on(knob::batch_size, write),
    options};
  t.start();
  for (size_t n = 0; n < samples_wanted;) {
    t.record_request(1800ms * (usual / batch), true);
    if (batch < usual / 4) // A few were kept: start over.
      t.rollback_last(100);
    std::this_thread::sleep_for(200us);
    std::lock_guard lock{mutex};
    n = result.from_close.size();
  }
  t.stop();
  return result;
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
    [](check_atom, change_id) {},
  };
}

/// From the verdict until the old value is back.
std::vector<double> undo_times() {
  std::vector<double> result;
  clock::time_point judged;
  runtime rt{clock_kind::real};
  log_params quiet;
  quiet.level = "off";
  auto context = rt.context("", std::make_shared<log_hub>(quiet));
  auto knobs = standard_knobs({});
  auto shown = host{}.on(knob::batch_size, [&](double v) {
    if (v == usual)
      result.push_back(microseconds_since(judged));
  });
  auto target = rt.system().spawn<caf::detached>(
    callback_target, context,
    callback_target_params{shown, knobs, std::make_shared<recorder>()});
  auto series = std::make_shared<exposition>(
    std::make_shared<prometheus::Registry>(), "", knobs);
  auto shower = rt.system().spawn(metrics, context, series);
  auto dog = rt.system().spawn(strict_watchdog, &judged);
  auto hand = rt.system().spawn(
    applier, context, applier_params{}, target, dog, shower,
    std::make_shared<history>("", 100));
  proposal half;
  half.moves = {{knob::batch_size, usual, usual / 2, "bench"}};
  while (result.size() < samples_wanted)
    static_cast<void>(ask<verdict>(rt, hand, 10s, half));
  caf::anon_send_exit(hand, caf::exit_reason::kill);
  caf::anon_send_exit(dog, caf::exit_reason::kill);
  caf::anon_send_exit(shower, caf::exit_reason::kill);
  caf::anon_send_exit(target, caf::exit_reason::kill);
  return result;
}

} // namespace

bench_result bench_pipeline() {
  bench_result result;
  auto decisions = measure_decisions();
  add_rows(result, "window_close_to_write", decisions.from_close);
  add_rows(result, "sample_to_write", decisions.from_sample);
  add_rows(result, "verdict_to_undone", undo_times());
  return result;
}

} // namespace tuner
