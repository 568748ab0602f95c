#include "bench/real_host.hpp"

#include "bench/bench.hpp"

#include <time.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace tuner {

namespace {

/// Hardly any two requests ask for the same: the model does the work.
example_host_config host_config(const real_load& load) {
  example_host_config result;
  result.workers = 1; // The load and the tuner need the other core.
  result.queue_limit = 2000;
  result.load.rate_rps = load.rate_rps;
  result.load.zipf = 0;
  result.load.keys = 10'000'000;
  return result;
}

/// Everything quicker than usual: a run takes a minute, not an hour.
config tuner_config_of(
  const real_load& load, const example::host_settings& initial,
  const std::string& policy) {
  config result;
  auto& t = result.tuner;
  t.enabled = !policy.empty();
  if (t.enabled)
    t.policy = policy;
  t.slo.p95_latency_ms = load.slo_ms;
  t.sample_period_seconds = 0.5;
  t.observation_window_seconds = 10;
  t.tuning_interval_seconds = 3;
  t.cool_down_seconds = 2;
  t.watchdog.check_delay_seconds = policy == "twin" ? 15 : 5;
  t.enable_cache_size_tuning = false;
  result.batcher = {initial.batch_size, initial.batch_timeout_ms};
  result.cache.max_memory_mb = initial.cache_size_mb;
  result.logging.level = "off";
  target_config target;
  target.knobs = standard_knobs({initial.batch_size, initial.batch_timeout_ms,
                                 initial.cache_size_mb})
                   .knobs;
  result.targets = {target};
  return result;
}

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec)
    + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<double>
all_of(const real_windows& xs, double real_figures::*figure) {
  std::vector<double> result;
  for (const auto& x : xs)
    result.push_back(x.*figure);
  return result;
}

} // namespace

real_figures summary_of(const real_windows& xs) {
  real_figures result;
  for (auto cost : {&real_figures::busy_ratio, &real_figures::cpu_ratio})
    result.*cost = quantile(all_of(xs, cost), 0.25);
  for (auto figure :
       {&real_figures::p95_ms, &real_figures::completed_rps,
        &real_figures::failed_rps, &real_figures::mean_batch,
        &real_figures::batch_ms})
    result.*figure = median(all_of(xs, figure));
  for (const auto& x : xs)
    result.violation_ratio +=
      x.violation_ratio / static_cast<double>(xs.size());
  return result;
}

void busy_meter::on_batch(const example::batch_report& x) {
  busy_ += x.service.count();
  cpu_ = thread_cpu_seconds();
}

busy_meter::times busy_meter::take() {
  double cpu = cpu_;
  return {
    seconds(duration{busy_.exchange(0)}), cpu - std::exchange(taken_, cpu)};
}

real_host::real_host(
  const real_load& load, const example::host_settings& initial,
  const std::string& policy)
  : load_(load) {
  tuner_ = std::make_unique<auto_tuner>(
    tuner_config_of(load, initial, policy), callbacks());
  feed_ = std::make_unique<tuner_feed>(*tuner_);
  server_ = std::make_unique<example::host>(
    host_config(load), initial,
    std::vector<example::observer*>{feed_.get(), &meter_, &busy_});
  began_ = std::chrono::steady_clock::now();
  server_->start();
  tuner_->start();
}

real_host::~real_host() {
  tuner_->stop();
  server_->stop();
}

void real_host::warm_up(duration length) {
  std::this_thread::sleep_for(length);
  meter_.take();
  busy_.take();
}

real_windows real_host::measure(duration length) {
  real_windows result;
  auto windows = std::max<int64_t>(length / std::chrono::seconds{1}, 1);
  for (int64_t i = 0; i < windows; ++i)
    result.push_back(next_window(length / windows));
  return result;
}

real_figures real_host::next_window(duration length) {
  std::this_thread::sleep_for(length);
  auto seen = meter_.take();
  auto [busy, cpu] = busy_.take();
  auto elapsed = seconds(seen.period);
  auto batches = static_cast<double>(std::max<uint64_t>(seen.batches, 1));
  real_figures result;
  result.busy_ratio = busy / elapsed;
  result.cpu_ratio = cpu / elapsed;
  result.p95_ms = seen.quantile_ms(0.95);
  result.violation_ratio =
    seen.completed == 0 || result.p95_ms > load_.slo_ms ? 1 : 0;
  result.completed_rps = static_cast<double>(seen.completed) / elapsed;
  result.failed_rps = static_cast<double>(seen.failed) / elapsed;
  result.mean_batch = static_cast<double>(seen.items) / batches;
  result.batch_ms = 1000 * busy / batches;
  return result;
}

void real_host::written() {
  ++writes_;
  last_write_seconds_ = seconds(std::chrono::steady_clock::now() - began_);
}

host real_host::callbacks() {
  return host{}
    .on(
      knob::batch_size,
      [this](double v) {
        server_->set_batch_size(v);
        written();
      },
      [this] { return server_->settings().batch_size; })
    .on(
      knob::batch_timeout,
      [this](double v) {
        server_->set_batch_timeout_ms(v);
        written();
      },
      [this] { return server_->settings().batch_timeout_ms; })
    .queue_length(
      [this] { return static_cast<double>(server_->queue_length()); })
    .memory_mib([this] { return server_->memory_used_mb(); })
    .workers(1);
}

} // namespace tuner
