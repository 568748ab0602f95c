#include "actors/watchdog/objective_judge.hpp"

#include "actors/watchdog/comparison.hpp"

#include <algorithm>

namespace tuner {

namespace {

/// More load than that is another situation.
constexpr double comparable_load = 1.1;

double offered_rps(const observation& x) {
  auto length = seconds(x.length());
  auto offered = x.offered ? *x.offered : static_cast<double>(x.completed);
  return length > 0 ? offered / length : 0;
}

} // namespace

std::optional<verdict> objective_judge::consider(const trial_view& x) const {
  const auto& before = x.before;
  const auto& after = x.after;
  auto conclude = [&](outcome how, const std::string& why) {
    return verdict{x.what.id, how, x.now, why, x.before, x.after, {}};
  };
  if (thin(before, params_.requests_min))
    return conclude(outcome::inconclusive, nothing_before(before));
  auto served = throughput(before, after);
  if (before.offered && after.offered) { // A queue that empties is no merit.
    served.before = std::min(served.before, 1.0);
    served.after = std::min(served.after, 1.0);
  }
  if (too_early(after, params_.requests_min))
    return std::nullopt;
  auto limit = threshold_for(params_, x.what);
  auto p95 = comparison{
    "p95 (ms)", milliseconds(before.latency_p95),
    milliseconds(after.latency_p95)};
  auto missed = !params_.p95_slo_ms || p95.after > *params_.p95_slo_ms;
  // A queue that was growing already makes everything after it slower.
  auto lost =
    params_.p95_slo_ms && p95.before > *params_.p95_slo_ms * (1 + limit);
  auto slower = p95.after > p95.before * (1 + limit) && missed && !lost;
  auto fewer = served.after < served.before * (1 - limit);
  auto figures = words(p95) + ", " + words(served);
  if (!slower && !fewer)
    return conclude(
      outcome::kept,
      (params_.p95_slo_ms && !missed
         ? "p95 meets the objective: "
         : "within " + percent(limit) + " of before: ")
        + figures);
  auto load = comparison{"load (rps)", offered_rps(before), offered_rps(after)};
  if (load.after > comparable_load * load.before)
    return conclude(
      outcome::kept,
      "worse, but not by this change: " + words(load) + ", " + figures);
  return conclude(
    outcome::rolled_back,
    std::string{slower ? "p95" : "throughput"} + " is more than "
      + percent(limit) + " worse: " + figures);
}

} // namespace tuner
