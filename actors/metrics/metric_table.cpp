#include "actors/metrics/metric_table.hpp"

#include <array>

namespace tuner::metric {

namespace {

/// @returns `x` in seconds where anything completed.
reading latency_of(const observation& seen, duration x) {
  return seen.completed > 0 ? reading{seconds(x)} : reading{};
}

constexpr std::array gauges{
  observation_gauge{
    {"auto_tuning_latency_p50_seconds", "",
     "Latency that 50 % of the completed requests stayed within."},
    [](const observation& x) { return latency_of(x, x.latency_p50); }},
  observation_gauge{
    {"auto_tuning_latency_p95_seconds", "",
     "Latency that 95 % of the completed requests stayed within."},
    [](const observation& x) { return latency_of(x, x.latency_p95); }},
  observation_gauge{
    {"auto_tuning_latency_p99_seconds", "",
     "Latency that 99 % of the completed requests stayed within."},
    [](const observation& x) { return latency_of(x, x.latency_p99); }},
  observation_gauge{
    {"auto_tuning_throughput_rps", "", "Completed requests per second."},
    [](const observation& x) -> reading { return throughput_rps(x); }},
  observation_gauge{
    {"auto_tuning_served_ratio", "", "Completed requests per offered request."},
    served_ratio},
  observation_gauge{
    {"auto_tuning_queue_length", "", "Requests waiting, mean over the window."},
    [](const observation& x) { return x.queue_length; }},
  observation_gauge{
    {"auto_tuning_observed_batch_size", "", "Mean size of the batches served."},
    [](const observation& x) -> reading {
      return x.batches > 0 ? reading{x.batch_size_mean} : reading{};
    }},
  observation_gauge{
    {"auto_tuning_busy_workers", "", "Mean number of batches in service."},
    [](const observation& x) -> reading {
      return x.batches > 0 ? reading{x.busy_workers} : reading{};
    }},
  observation_gauge{
    {"auto_tuning_cache_hit_ratio", "", "Cache hits per access."},
    [](const observation& x) { return x.cache_hit_ratio; }},
  observation_gauge{
    {"auto_tuning_memory_used_ratio", "", "Memory in use of what may be used."},
    [](const observation& x) { return x.memory_used_ratio; }},
};

} // namespace

std::span<const observation_gauge> observation_gauges() {
  return gauges;
}

std::vector<row> rows() {
  std::vector<row> result{decisions,  rollbacks,     edits,      trials,
                          batch_size, batch_timeout, cache_size, other_knob,
                          knob_min,   knob_max,      slo_p95,    slo_windows};
  for (const auto& x : gauges)
    result.push_back(x.what);
  for (const auto& x :
       {decision_duration, decision_lag, model, state, mailbox, actors,
        journal_up, build_info})
    result.push_back(x);
  return result;
}

std::string reference() {
  std::string result = "| metric | labels | what |\n| --- | --- | --- |\n";
  for (const auto& x : rows())
    result +=
      "| `" + std::string{x.name} + "` | " + x.labels + " | " + x.help + " |\n";
  return result;
}

} // namespace tuner::metric
