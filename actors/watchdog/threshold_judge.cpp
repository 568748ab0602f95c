#include "actors/watchdog/threshold_judge.hpp"

#include "actors/watchdog/comparison.hpp"

namespace tuner {

std::optional<verdict> threshold_judge::consider(
  const change& what, const observation& before, const observation& after) {
  auto conclude = [&](outcome how, std::string why) {
    return verdict{what.id,        how,    after.closed_at,
                   std::move(why), before, after};
  };
  if (thin(before, params_.requests_min))
    return conclude(outcome::inconclusive, nothing_before(before));
  auto served = throughput(before, after);
  if (too_early(after, params_.requests_min))
    return std::nullopt;
  auto limit = threshold_for(params_, what);
  auto p95 = comparison{
    "p95 (ms)", milliseconds(before.latency_p95),
    milliseconds(after.latency_p95)};
  auto slower = p95.after > p95.before * (1 + limit);
  auto fewer = served.after < served.before * (1 - limit);
  auto figures = words(p95) + ", " + words(served);
  if (slower || fewer)
    return conclude(
      outcome::rolled_back,
      std::string{slower ? "p95" : "throughput"} + " is more than "
        + percent(limit) + " worse: " + figures);
  return conclude(
    outcome::kept, "within " + percent(limit) + " of before: " + figures);
}

} // namespace tuner
