#include "actors/targets/foreign/signals.hpp"

#include <utility>

namespace tuner {

namespace {

constexpr std::array<const char*, figures_max> paths{
  "completed",   "failed",           "offered",
  "batches",     "batched_requests", "busy",
  "cache_hits",  "cache_misses",     "cpu",
  "latency.sum", "latency.count",    "queue_length",
  "memory.used", "memory.limit",     "memory.ratio",
  "latency.p50", "latency.p95",      "latency.p99"};

bool is_counter(figure x) {
  return x < figure::queue_length;
}

} // namespace

const char* path_of(figure x) {
  return paths[static_cast<std::size_t>(x)];
}

double scale_of(const std::string& unit) {
  constexpr std::array<std::pair<const char*, double>, 8> units{
    {{"s", 1},
     {"ms", 1e-3},
     {"us", 1e-6},
     {"ns", 1e-9},
     {"bytes", 1.0 / 1'048'576},
     {"kib", 1.0 / 1024},
     {"mib", 1},
     {"gib", 1024}}};
  for (const auto& [name, scale] : units)
    if (unit == name)
      return scale;
  return 0;
}

std::vector<signal> signals_of(const foreign_signals& x) {
  std::vector<signal> result;
  auto add = [&](figure what, const std::string& expression, double scale = 1) {
    if (!expression.empty())
      result.push_back(
        {path_of(what), expression, what, is_counter(what), scale});
  };
  add(figure::completed, x.completed);
  add(figure::failed, x.failed);
  add(figure::offered, x.offered);
  add(figure::batches, x.batches);
  add(figure::batched_requests, x.batched_requests);
  add(figure::busy, x.busy, scale_of(x.busy_unit));
  add(figure::cache_hits, x.cache_hits);
  add(figure::cache_misses, x.cache_misses);
  add(figure::cpu, x.cpu, scale_of(x.cpu_unit));
  add(figure::queue_length, x.queue_length);
  auto mib = scale_of(x.memory.unit);
  add(figure::memory_used, x.memory.used, mib);
  add(figure::memory_limit, x.memory.limit, mib);
  add(figure::memory_ratio, x.memory.ratio);
  auto time = scale_of(x.latency.unit);
  add(figure::latency_sum, x.latency.sum, time);
  add(figure::latency_count, x.latency.count);
  add(figure::latency_p50, x.latency.p50, time);
  add(figure::latency_p95, x.latency.p95, time);
  add(figure::latency_p99, x.latency.p99, time);
  return result;
}

} // namespace tuner
