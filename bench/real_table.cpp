#include "bench/real_table.hpp"

#include <cstdio>

namespace tuner {

boost::json::array
to_json(const std::vector<real_run>& runs, double best_cost) {
  boost::json::array result;
  for (const auto& x : runs) {
    auto f = x.figures();
    result.push_back({
      {"name", x.name},
      {"batch_size", x.at.batch_size},
      {"batch_timeout_ms", x.at.batch_timeout_ms},
      {"cost", f.busy_ratio},
      {"cpu", f.cpu_ratio},
      {"cost_over_best", f.busy_ratio / best_cost},
      {"p95_latency_ms", f.p95_ms},
      {"violation_ratio", f.violation_ratio},
      {"completed_rps", f.completed_rps},
      {"failed_rps", f.failed_rps},
      {"mean_batch", f.mean_batch},
      {"batch_ms", f.batch_ms},
      {"writes", x.writes},
      {"last_write_seconds", x.last_write_seconds},
    });
  }
  return result;
}

void print(
  const char* title, const std::vector<real_run>& runs, double best_cost) {
  std::printf(
    "\n%s\n\n| | batch | timeout ms | cost | ÷ best | cpu | p95 ms | "
    "violations %% | "
    "req/s | mean batch | writes | last at s |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | "
    "---: | "
    "---: |\n",
    title);
  for (const auto& x : runs) {
    auto f = x.figures();
    std::printf(
      "| %s | %.0f | %.2f | %.3f | %.3f | %.3f | %.2f | %.0f | %.0f | %.1f | "
      "%d | "
      "%.0f |\n",
      x.name.c_str(), x.at.batch_size, x.at.batch_timeout_ms, f.busy_ratio,
      f.busy_ratio / best_cost, f.cpu_ratio, f.p95_ms, 100 * f.violation_ratio,
      f.completed_rps, f.mean_batch, x.writes, x.last_write_seconds);
  }
  std::fflush(stdout);
}

} // namespace tuner
