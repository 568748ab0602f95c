#include "app/simulation/oracle.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <thread>

namespace tuner::simulation {

namespace {

/// Settings in the order in which they are tried.
using grid = std::vector<standard_values>;

std::vector<static_run> run_all(
  const scenario& what, const recorded_trace& trace, uint64_t seed,
  const grid& points) {
  std::vector<static_run> results(points.size());
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (auto i = next++; i < points.size(); i = next++)
      results[i] = run_static(what, trace, seed, points[i]);
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i)
    helpers.emplace_back(work);
  work();
  helpers.clear();
  return results;
}

double timeout_span_ms(const scenario& what) {
  return what.slo.p95_latency_ms ? *what.slo.p95_latency_ms : 200;
}

grid coarse_grid(const scenario& what) {
  grid result;
  std::vector<double> caches{what.initial.cache_size_mb};
  if (what.cache)
    for (caches.clear(); caches.size() < 8;)
      caches.push_back(
        std::round(what.cache->memory_limit_mb * std::pow(0.5, caches.size())));
  for (double cache : caches)
    for (double batch : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128})
      for (double part :
           {0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9})
        result.push_back({batch, part * timeout_span_ms(what), cache});
  return result;
}

grid around(const scenario& what, const standard_values& x, double width) {
  grid result;
  for (double c :
       what.cache ? std::vector<double>{-1, 0, 1} : std::vector<double>{0})
    for (double b : {-2, -1, 0, 1, 2})
      for (double t : {-3, -2, -1, 0, 1, 2, 3})
        result.push_back(
          {std::max(1.0, std::round(x.batch_size * (1 + width * b))),
           std::max(
             0.0, x.batch_timeout_ms + width * t * timeout_span_ms(what) / 4),
           std::max(1.0, std::round(x.cache_size_mb * (1 + width * c)))});
  return result;
}

/// Smaller is better, by the rule in the header.
class ranking {
public:
  ranking(
    const std::vector<static_run>& runs, bool has_slo, double workers_per_gib)
    : has_slo_(has_slo), workers_per_gib_(workers_per_gib) {
    double violations = 1;
    double goodput = 0;
    for (const auto& x : runs) {
      violations = std::min(violations, x.figures.settled_violation_ratio);
      goodput = std::max(goodput, x.figures.goodput_ratio);
    }
    violations_max_ = std::max(0.01, violations + 0.005);
    goodput_min_ = goodput - 0.005;
    p95_max_ = std::numeric_limits<double>::infinity();
    for (const auto& x : runs)
      if (!has_slo && x.figures.goodput_ratio >= goodput_min_)
        p95_max_ = std::min(p95_max_, 1.02 * x.figures.p95_latency_ms);
  }

  bool allowed(const run_figures& x) const {
    return has_slo_
      ? x.settled_violation_ratio <= violations_max_
      : x.goodput_ratio >= goodput_min_ && x.p95_latency_ms <= p95_max_;
  }

  size_t best(const std::vector<static_run>& runs) const {
    size_t result = runs.size();
    for (size_t i = 0; i < runs.size(); ++i)
      if (
        allowed(runs[i].figures)
        && (result == runs.size()
            || runs[i].figures.cost(workers_per_gib_)
              < runs[result].figures.cost(workers_per_gib_)))
        result = i;
    return result;
  }

private:
  bool has_slo_;
  double workers_per_gib_;
  double violations_max_ = 0;
  double goodput_min_ = 0;
  double p95_max_ = 0;
};

standard_values values_of(const settings& x, const standard_values& other) {
  auto get = [&](const char* name, double otherwise) {
    auto i = x.find(name);
    return i == x.end() ? otherwise : i->second;
  };
  return {
    get(knob::batch_size, other.batch_size),
    get(knob::batch_timeout, other.batch_timeout_ms),
    get(knob::cache_size, other.cache_size_mb)};
}

} // namespace

static_run run_static(
  const scenario& what, const recorded_trace& trace, uint64_t seed,
  const standard_values& values) {
  auto here = what;
  here.initial = values;
  run_meter meter{what.slo.p95_latency_ms};
  simulated_host host{here, trace, seed, {&meter}};
  auto end = static_cast<uint64_t>(std::ceil(what.duration_seconds));
  for (uint64_t second = 1; second <= end; ++second) {
    auto stop = std::min(static_cast<double>(second), what.duration_seconds);
    host.advance(stop);
    if (stop == static_cast<double>(second))
      meter.tick(second, host);
  }
  return {host.in_force(), meter.result(what.duration_seconds)};
}

static_run find_oracle(
  const scenario& what, const recorded_trace& trace, uint64_t seed,
  double workers_per_gib) {
  auto has_slo = what.slo.p95_latency_ms.known;
  auto runs = run_all(what, trace, seed, coarse_grid(what));
  for (double width : {0.15, 0.05}) {
    auto best = ranking{runs, has_slo, workers_per_gib}.best(runs);
    auto centre = values_of(runs[best].values, what.initial);
    auto finer = run_all(what, trace, seed, around(what, centre, width));
    runs.insert(runs.end(), finer.begin(), finer.end());
  }
  return runs[ranking{runs, has_slo, workers_per_gib}.best(runs)];
}

} // namespace tuner::simulation
