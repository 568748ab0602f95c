#include "actors/watchdog/comparison.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

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

bool too_early(const observation& after, uint64_t requests_min) {
  auto nothing_served = after.offered && *after.offered > 0
    && *after.offered >= static_cast<double>(requests_min)
    && after.completed == 0;
  return thin(after, requests_min) && !nothing_served;
}

std::string nothing_before(const observation& before) {
  return "only " + std::to_string(before.completed)
    + " requests completed before the change, nothing to compare with";
}

std::string compared(double log) {
  auto ratio = std::exp(log);
  if (ratio >= 2)
    return format_number(ratio, 2) + " times as high";
  return format_number(100 * std::abs(ratio - 1), 2) + " % "
    + (ratio < 1 ? "lower" : "higher");
}

std::string compared_with(double log, const std::string& it) {
  return compared(log) + (std::exp(log) >= 2 ? " as " : " than ") + it;
}

} // namespace tuner
