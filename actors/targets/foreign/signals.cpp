#include "actors/targets/foreign/signals.hpp"

#include <utility>

namespace tuner {

namespace {

constexpr std::array<const char*, figures_max> paths{
  "completed",
  "failed",
  "offered",
  "batches",
  "batched_requests",
  "busy",
  "cache_hits",
  "cache_misses",
  "cpu",
  "latency.sum",
  "latency.count",
  "queue_length",
  "memory.used",
  "memory.limit",
  "memory.ratio",
  "latency.p50",
  "latency.p95",
  "latency.p99",
  "started",
  "uptime"};

bool is_counter(foreign_figure x) {
  return x < foreign_figure::queue_length;
}

} // namespace

const char* path_of(foreign_figure x) {
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

std::vector<foreign_signal> signals_of(const foreign_signals& x) {
  std::vector<foreign_signal> result;
  auto add =
    [&](foreign_figure what, const std::string& expression, double scale = 1) {
      if (!expression.empty())
        result.push_back(
          {path_of(what), expression, what, is_counter(what), scale});
    };
  add(foreign_figure::completed, x.completed);
  add(foreign_figure::failed, x.failed);
  add(foreign_figure::offered, x.offered);
  add(foreign_figure::batches, x.batches);
  add(foreign_figure::batched_requests, x.batched_requests);
  add(foreign_figure::busy, x.busy, scale_of(x.busy_unit));
  add(foreign_figure::cache_hits, x.cache_hits);
  add(foreign_figure::cache_misses, x.cache_misses);
  add(foreign_figure::cpu, x.cpu, scale_of(x.cpu_unit));
  add(foreign_figure::queue_length, x.queue_length);
  auto mib = scale_of(x.memory.unit);
  add(foreign_figure::memory_used, x.memory.used, mib);
  add(foreign_figure::memory_limit, x.memory.limit, mib);
  add(foreign_figure::memory_ratio, x.memory.ratio);
  auto time = scale_of(x.latency.unit);
  add(foreign_figure::latency_sum, x.latency.sum, time);
  add(foreign_figure::latency_count, x.latency.count);
  add(foreign_figure::latency_p50, x.latency.p50, time);
  add(foreign_figure::latency_p95, x.latency.p95, time);
  add(foreign_figure::latency_p99, x.latency.p99, time);
  add(foreign_figure::started, x.started);
  add(foreign_figure::uptime, x.uptime);
  return result;
}

} // namespace tuner
