#include "app/commands/served_target.hpp"
#include "bench/bench.hpp"

#include <prometheus/registry.h>

#include <thread>

namespace tuner {

namespace {

using namespace std::chrono_literals;

constexpr int pairs = 7;
constexpr auto warm_up = 500ms;
constexpr auto period = 3s;

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

/// Serves for a while, with the tuner or without.
served serve(bool tuned, double offered_rps) {
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
    static_cast<double>(seen.completed) / seconds(seen.period),
    seen.quantile_ms(0.95)};
}

/// @returns with ÷ without for each pair, taking turns in who begins.
template <class Figure>
std::vector<double> ratios(double offered_rps, Figure figure) {
  std::vector<double> result;
  for (int i = 0; i < pairs; ++i) {
    auto tuned_first = i % 2 == 0;
    auto a = figure(serve(tuned_first, offered_rps));
    auto b = figure(serve(!tuned_first, offered_rps));
    result.push_back(tuned_first ? a / b : b / a);
  }
  return result;
}

} // namespace

bench_result bench_overhead() {
  // Far more than two cores can serve, and what one can do at ease.
  auto throughput =
    ratios(40'000, [](const served& x) { return x.completed_rps; });
  auto p95 = ratios(2'000, [](const served& x) { return x.p95_ms; });
  return {
    {"pairs", pairs, ""},
    {"throughput_on_over_off_median", median(throughput), "ratio"},
    {"throughput_on_over_off_min", quantile(throughput, 0), "ratio"},
    {"throughput_on_over_off_max", quantile(throughput, 1), "ratio"},
    {"p95_on_over_off_median", median(p95), "ratio"},
    {"p95_on_over_off_min", quantile(p95, 0), "ratio"},
    {"p95_on_over_off_max", quantile(p95, 1), "ratio"},
  };
}

} // namespace tuner
