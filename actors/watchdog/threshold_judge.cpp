#include "actors/watchdog/threshold_judge.hpp"

#include "actors/watchdog/comparison.hpp"

namespace tuner {

std::optional<verdict> threshold_judge::consider(const trial_view& x) const {
  const auto& before = x.before;
  const auto& after = x.after;
  auto conclude = [&](outcome how, const std::string& why) {
    return verdict{x.what.id, how, x.now, why, x.before, x.after, {}};
  };
  if (thin(before, params_.requests_min))
    return conclude(outcome::inconclusive, nothing_before(before));
  auto served = throughput(before, after);
  if (too_early(after, params_.requests_min))
    return std::nullopt;
  auto limit = threshold_for(params_, x.what);
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
