#include "actors/watchdog/threshold_judge.hpp"

#include <algorithm>

namespace tuner {

namespace {

/// The strictest threshold among the knobs that moved.
double threshold_for(const judge_params& p, const change& what) {
  double result = p.degradation_threshold;
  bool overridden = false;
  for (const auto& move : what.moves) {
    auto i = p.per_knob.find(move.knob);
    if (i == p.per_knob.end())
      continue;
    result = overridden ? std::min(result, i->second) : i->second;
    overridden = true;
  }
  return result;
}

std::string percent(double ratio) {
  return format_number(100 * ratio) + " %";
}

struct comparison {
  const char* what;
  double before;
  double after;
};

comparison throughput(const observation& before, const observation& after) {
  auto served_before = served_ratio(before);
  auto served_after = served_ratio(after);
  if (served_before && served_after)
    return {"completed / offered", *served_before, *served_after};
  return {"throughput (rps)", throughput_rps(before), throughput_rps(after)};
}

std::string words(const comparison& x) {
  return std::string{x.what} + ' ' + format_number(x.before, 4) + " -> "
    + format_number(x.after, 4);
}

bool thin(const observation& x, uint64_t requests_min) {
  return x.completed == 0 || x.completed < requests_min;
}

} // namespace

std::optional<verdict> threshold_judge::consider(
  const change& what, const observation& before, const observation& after) {
  auto conclude = [&](outcome how, std::string why) {
    return verdict{what.id,        how,    after.closed_at,
                   std::move(why), before, after};
  };
  if (thin(before, params_.requests_min))
    return conclude(
      outcome::inconclusive,
      "only " + std::to_string(before.completed)
        + " requests completed before the change, nothing to compare with");
  auto served = throughput(before, after);
  auto nothing_served = after.offered && *after.offered > 0
    && *after.offered >= static_cast<double>(params_.requests_min)
    && after.completed == 0;
  if (thin(after, params_.requests_min) && !nothing_served)
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
