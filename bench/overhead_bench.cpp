#include "app/commands/served_target.hpp"
#include "bench/bench.hpp"

#include <prometheus/registry.h>

#include <cmath>
#include <thread>

namespace tuner {

namespace {

using namespace std::chrono_literals;

constexpr auto warm_up = 500ms;

/// How much is measured.
struct effort {
  int pairs = 21;
  duration period = 1500ms; ///< Of each half of a pair.
};

struct served {
  double completed_rps = 0;
  double p95_ms = 0;
};

/// The example host as it is tuned, but by policy `hold`: with the tuner on it
/// observes, judges and exports like always, and the settings stay the same.
config host_config(bool tuned, double offered_rps) {
  config result;
  result.tuner.enabled = tuned;
  result.tuner.policy = "hold";
  result.tuner.observation_window_seconds = 1;
  result.tuner.tuning_interval_seconds = 1;
  result.batcher = {64, 5};
  result.cache.max_memory_mb = 1;
  result.logging.level = "off";
  target_config target;
  auto& load = target.example_host.load;
  load.rate_rps = offered_rps;
  load.zipf = 0; // Hardly any hits: the model does the work.
  load.keys = 10'000'000;
  target.example_host.queue_limit = 2000;
  target.knobs = standard_knobs({64, 5, 1}).knobs;
  result.targets = {target};
  return result;
}

/// @returns the p95. The meter itself names the middle of a bin, which is 2 %
/// wide: too coarse for a ratio near 1. Within a bin this draws a line.
double p95_ms(const example::traffic& seen) {
  auto rank = 0.95 * static_cast<double>(seen.completed);
  for (size_t i = 0; i < seen.latencies.size(); ++i) {
    auto here = static_cast<double>(seen.latencies[i]);
    if (here > 0 && here >= rank)
      return std::exp2((static_cast<double>(i) + rank / here) / 32) * 1e-3;
    rank -= here;
  }
  return 0;
}

/// Serves for a while, with the tuner or without.
served serve(bool tuned, double offered_rps, duration period) {
  auto c = host_config(tuned, offered_rps);
  served_target on{
    c, c.targets[0], std::make_shared<prometheus::Registry>(),
    std::make_shared<log_hub>(c.logging)};
  on.start();
  std::this_thread::sleep_for(warm_up);
  on.take_traffic();
  std::this_thread::sleep_for(period);
  auto seen = on.take_traffic();
  on.stop();
  return {
    static_cast<double>(seen.completed) / seconds(seen.period), p95_ms(seen)};
}

/// @returns with ÷ without for each pair, taking turns in who begins.
template <class Figure>
std::vector<double>
ratios(const effort& how, double offered_rps, Figure figure) {
  std::vector<double> result;
  for (int i = 0; i < how.pairs; ++i) {
    auto tuned_first = i % 2 == 0;
    auto a = figure(serve(tuned_first, offered_rps, how.period));
    auto b = figure(serve(!tuned_first, offered_rps, how.period));
    result.push_back(tuned_first ? a / b : b / a);
  }
  return result;
}

} // namespace

bench_result bench_overhead(bool quick) {
  auto how = quick ? effort{3, 1s} : effort{};
  // Far more than two cores can serve, and what one can do at ease.
  auto throughput =
    ratios(how, 40'000, [](const served& x) { return x.completed_rps; });
  auto p95 = ratios(how, 2'000, [](const served& x) { return x.p95_ms; });
  return {
    {"pairs", static_cast<double>(how.pairs), ""},
    {"throughput_on_over_off_median", median(throughput), "ratio"},
    {"throughput_on_over_off_min", quantile(throughput, 0), "ratio"},
    {"throughput_on_over_off_max", quantile(throughput, 1), "ratio"},
    {"p95_on_over_off_median", median(p95), "ratio"},
    {"p95_on_over_off_min", quantile(p95, 0), "ratio"},
    {"p95_on_over_off_max", quantile(p95, 1), "ratio"},
  };
}

} // namespace tuner
