#include "actors/analyzer/threshold.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tuner {

namespace {

/// One if-then rule whose condition holds.
struct scaling {
  double factor;
  double limit; ///< Floor when shrinking, cap when growing.
  std::string reason;
};

std::string number(double x) {
  return format_number(x, 4);
}

std::string ms(duration x) {
  return number(milliseconds(x)) + " ms";
}

std::optional<scaling>
batch_rule(const threshold_params& p, const observation& seen) {
  auto p95_ms = milliseconds(seen.latency_p95);
  auto rps = throughput_rps(seen);
  if (p95_ms > p.batch_decrease_above_p95_ms)
    return scaling{
      p.batch_decrease_factor, p.batch_floor,
      "High latency: p95 " + ms(seen.latency_p95) + " is above "
        + number(p.batch_decrease_above_p95_ms) + " ms"};
  if (
    rps < p.batch_increase_below_rps && p95_ms < p.batch_increase_below_p95_ms)
    return scaling{
      p.batch_increase_factor, p.batch_cap,
      "Low throughput with good latency: " + number(rps) + " rps is below "
        + number(p.batch_increase_below_rps) + ", p95 " + ms(seen.latency_p95)
        + " is below " + number(p.batch_increase_below_p95_ms) + " ms"};
  return std::nullopt;
}

std::optional<scaling>
timeout_rule(const threshold_params& p, const observation& seen) {
  auto rps = throughput_rps(seen);
  if (rps > p.timeout_decrease_above_rps)
    return scaling{
      p.timeout_decrease_factor, p.timeout_floor_ms,
      "High throughput: " + number(rps) + " rps is above "
        + number(p.timeout_decrease_above_rps)
        + ", batches fill by themselves"};
  if (rps < p.timeout_increase_below_rps)
    return scaling{
      p.timeout_increase_factor, p.timeout_cap_ms,
      "Low throughput: " + number(rps) + " rps is below "
        + number(p.timeout_increase_below_rps) + ", batches need time to fill"};
  return std::nullopt;
}

std::optional<scaling>
cache_rule(const threshold_params& p, const observation& seen) {
  if (!seen.memory_used_ratio)
    return std::nullopt;
  auto used = *seen.memory_used_ratio;
  auto percent = number(100 * used) + " %";
  if (used > p.cache_decrease_above_memory_ratio)
    return scaling{
      p.cache_decrease_factor, p.cache_floor_mb,
      "Memory pressure: " + percent + " used is above "
        + number(100 * p.cache_decrease_above_memory_ratio) + " %"};
  if (used < p.cache_increase_below_memory_ratio)
    return scaling{
      p.cache_increase_factor, p.cache_cap_mb,
      "Memory to spare: " + percent + " used is below "
        + number(100 * p.cache_increase_below_memory_ratio) + " %"};
  return std::nullopt;
}

/// Applies `rule` to `knob` and keeps the result only if it goes the way the
/// rule points.
void scale(
  std::vector<knob_move>& moves, const knob_spec* knob, const observation& seen,
  const std::optional<scaling>& rule) {
  if (!knob || !rule)
    return;
  auto current = seen.in_force.find(knob->name);
  if (current == seen.in_force.end())
    return;
  auto from = current->second;
  auto grows = rule->factor > 1;
  auto scaled = from * rule->factor;
  auto limited =
    grows ? std::min(scaled, rule->limit) : std::max(scaled, rule->limit);
  auto to = clamp(*knob, std::trunc(limited));
  if (grows ? to > from : to < from)
    moves.push_back({knob->name, from, to, rule->reason});
}

} // namespace

decision
threshold_policy::decide(const observation& seen, const knob_table& knobs) {
  std::vector<knob_move> moves;
  scale(
    moves, knobs.tunable(knob_role::batch_size), seen,
    batch_rule(params_, seen));
  scale(
    moves, knobs.tunable(knob_role::batch_timeout), seen,
    timeout_rule(params_, seen));
  scale(
    moves, knobs.tunable(knob_role::cache_size), seen,
    cache_rule(params_, seen));
  return {std::move(moves), {}, {}};
}

} // namespace tuner
