#include "actors/metrics/metric_table.hpp"

#include <array>

namespace tuner::metric {

namespace {

constexpr const char* latency = "auto_tuning_latency_seconds";
constexpr const char* latency_help
  = "Latency of completed requests in the last observation window.";

/// @returns `x` in seconds where anything completed.
reading latency_of(const observation& seen, duration x) {
  return seen.completed > 0 ? reading{seconds(x)} : reading{};
}

constexpr std::array gauges{
  observation_gauge{
    latency, latency_help, "0.5",
    [](const observation& x) { return latency_of(x, x.latency_p50); }},
  observation_gauge{
    latency, latency_help, "0.95",
    [](const observation& x) { return latency_of(x, x.latency_p95); }},
  observation_gauge{
    latency, latency_help, "0.99",
    [](const observation& x) { return latency_of(x, x.latency_p99); }},
  observation_gauge{
    "auto_tuning_throughput_rps", "Completed requests per second.", nullptr,
    [](const observation& x) -> reading { return throughput_rps(x); }},
  observation_gauge{
    "auto_tuning_served_ratio", "Completed requests per offered request.",
    nullptr, served_ratio},
  observation_gauge{
    "auto_tuning_queue_length", "Requests waiting, mean over the window.",
    nullptr, [](const observation& x) { return x.queue_length; }},
  observation_gauge{
    "auto_tuning_observed_batch_size", "Mean size of the batches served.",
    nullptr,
    [](const observation& x) -> reading {
      return x.batches > 0 ? reading{x.batch_size_mean} : reading{};
    }},
  observation_gauge{
    "auto_tuning_busy_workers", "Mean number of batches in service.", nullptr,
    [](const observation& x) -> reading {
      return x.batches > 0 ? reading{x.busy_workers} : reading{};
    }},
  observation_gauge{
    "auto_tuning_cache_hit_ratio", "Cache hits per access.", nullptr,
    [](const observation& x) { return x.cache_hit_ratio; }},
  observation_gauge{
    "auto_tuning_memory_used_ratio", "Memory in use of what may be used.",
    nullptr, [](const observation& x) { return x.memory_used_ratio; }},
};

} // namespace

std::span<const observation_gauge> observation_gauges() {
  return gauges;
}

} // namespace tuner::metric
