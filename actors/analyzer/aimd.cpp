#include "actors/analyzer/aimd.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

std::string number(double x) {
  return format_number(x, 3);
}

/// @returns how many requests a batch holds, or else are in flight.
double in_use(const observation& seen) {
  if (seen.batches > 0)
    return seen.batch_size_mean;
  return throughput_rps(seen) * seconds(seen.latency_mean);
}

bool usable(const observation& seen) {
  return seen.completed > 0 && seconds(seen.length()) > 0
    && seen.latency_p95 >= duration{0} && std::isfinite(in_use(seen));
}

} // namespace

decision aimd_policy::decide(const observation& seen, const knob_table& knobs) {
  const auto* spec = knobs.tunable(knob_role::batch_size);
  auto present = spec ? seen.in_force.find(spec->name) : seen.in_force.end();
  if (!spec || present == seen.in_force.end())
    return {{}, "There is no batch size to tune", {}};
  auto n = present->second;
  if (!usable(seen) || !std::isfinite(n))
    return {{}, "Nothing completed to judge by", {}};
  auto limit = params_.timeout_ms;
  if (aim_.p95_slo_ms && std::isfinite(*aim_.p95_slo_ms))
    limit = *aim_.p95_slo_ms;
  auto p95 = milliseconds(seen.latency_p95);
  auto failed = static_cast<double>(seen.failed);
  auto all = failed + static_cast<double>(seen.completed);
  auto missed = p95 > limit || failed > params_.missed_quantile * all;
  auto why = "p95 " + number(p95) + " ms against " + number(limit) + " ms, "
    + number(100 * failed / all) + " % failed";
  if (!missed && in_use(seen) < params_.in_use_ratio * n)
    return {
      {},
      why + ": met, but only " + number(in_use(seen)) + " of " + number(n)
        + " in use, no growth",
      {}};
  auto to =
    missed ? std::floor(n * params_.backoff_ratio) : n + params_.increase;
  to = clamp(*spec, std::max(1.0, to));
  if (missed ? to >= n : to <= n)
    return {{}, why + ": the batch size is at its bound", {}};
  why += missed ? ": missed, a tenth less" : ": met, one more";
  return {{{spec->name, n, to, why}}, {}, {}};
}

} // namespace tuner
