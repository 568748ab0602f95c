#include "actors/analyzer/twin/twin.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::twin {

namespace {

constexpr auto rest_after_change = std::chrono::seconds{4};
constexpr double quick_gain = 0.2;
/// A p95 of two seconds scatters by as much around that of a replay.
constexpr double by_the_arrivals = 1.15;

std::string number(double x) {
  return format_number(x, 3);
}

} // namespace

histogram twin_policy::last_seconds() const {
  histogram result;
  for (const auto& [latencies, length] : last_)
    result.merge(latencies);
  return result;
}

/// @returns whether what is seen may still come from the settings before, or is
/// too little to tell.
bool twin_policy::resting() const {
  auto since = now_ - changed_at_.value_or(started_at_);
  // A clock that was set back says nothing.
  return since >= duration{} && since < rest_after_change;
}

/// More waits than the next batch will take, by more than can be told: where a
/// cache answers some requests, the age of the oldest is a guess.
bool twin_policy::backlog_of(const situation& here) const {
  auto sure = here.batched_share > 0.95 ? 1.0 : 1.5;
  return queue_length_ > 8
    && queue_length_ > sure * static_cast<double>(here.current.size);
}

bool twin_policy::objective_missed(const situation& here) {
  if (resting())
    return false;
  auto oldest = oldest_wait();
  auto timeout = here.current.timeout_seconds;
  if (!std::isfinite(here.slo_ms)) {
    auto batch = static_cast<double>(here.current.size * here.workers);
    return queue_length_ > 3 * batch && oldest > 1.3 * timeout;
  }
  auto slo = 1e-3 * here.slo_ms;
  if (backlog_of(here) && oldest > std::max(slo, 1.3 * timeout))
    return true;
  auto seen = last_seconds();
  if (
    seen.total() >= 50
    && milliseconds(seen.quantile(0.95)) > 1.25 * here.slo_ms)
    return true;
  return calibration_.misses_in_a_row(here.slo_ms) >= 2
    || calibration_.recent_p95_ms() > 1.05 * here.slo_ms;
}

/// The queue grows although the model sees nothing better: it must be wrong
/// about sizes that it hardly knows. Tries one of them, smaller and larger in
/// turn, rather beyond those seen than between them.
weighed twin_policy::probe(
  const situation& here, const service_table& table, weighed otherwise) {
  auto n = static_cast<double>(here.current.size);
  auto same = [&](const batching& x) {
    return std::abs(static_cast<double>(x.size) - n) <= 0.1 * n;
  };
  if (!same(otherwise.how) || here.bounds.size_fixed)
    return otherwise;
  auto size_to = [&](bool down) {
    return static_cast<size_t>(
      std::max(1.0, std::round(n * (down ? 0.6 : 1.5))));
  };
  auto beyond = [&](bool down) {
    return down ? size_to(true) < table.smallest_seen
                : size_to(false) > table.largest_seen;
  };
  probes_down_ = !probes_down_;
  if (!beyond(probes_down_) && beyond(!probes_down_))
    probes_down_ = !probes_down_;
  auto wanted = size_to(probes_down_);
  wanted = std::clamp(
    wanted, here.bounds.size_min,
    std::max(here.bounds.size_min, here.bounds.size_max));
  if (wanted <= table.largest() && !model_.knows(wanted))
    otherwise.how.size = wanted;
  return otherwise;
}

/// @returns how many times as much as the model says of the present settings
/// was measured, and as it says of the arrivals that really came unless that
/// goes on for long.
double
twin_policy::unexplained(const weighed& current, const situation& here) const {
  auto off = [&](double measured_ms, double replayed_ms) {
    if (calibration_.misses_in_a_row(here.slo_ms) >= 2)
      replayed_ms = 0;
    return measured_ms / std::max(current.p95_ms, replayed_ms);
  };
  constexpr double just_now = 3;
  return std::max(
    off(calibration_.recent_p95_ms(), calibration_.recent_replayed_ms()),
    off(
      milliseconds(last_seconds().quantile(0.95)),
      replayed_ms(just_now, model_, traffic_, here, normal_)));
}

/// @returns whether nobody waits any more and the objective was not missed for
/// long: it was a burst, and the next will be another.
bool twin_policy::over(const situation& here) const {
  return traffic_.came_down()
    && queue_length_ < static_cast<double>(here.current.size)
    && calibration_.misses_in_a_row(here.slo_ms) < 2;
}

/// @returns what brings the backlog down: settings that last, where that takes
/// only seconds, or else those that are soonest done with it.
decision twin_policy::drain(
  planner& planning, const plan& x, const situation& here,
  const service_table& table, const knob_table& knobs) {
  auto growing = queue_length_ >= std::exchange(last_queue_, queue_length_);
  auto waiting = number(queue_length_) + " requests wait, the oldest for "
    + number(1e3 * oldest_wait()) + " ms";
  if (!growing && planning.drains_soon(x.current))
    return {};
  auto move_to = [&](const weighed& to, const std::string& why) {
    auto result = move(x, to, why, knobs);
    // What waits now is answered late whatever it is answered by.
    draining_ |= std::isfinite(here.slo_ms) && !result.moves.empty();
    return result;
  };
  if (!same(x.best().how, x.current.how) && planning.drains_soon(x.best()))
    return move_to(x.best(), "drain: " + waiting + ", not for long");
  auto to = planning.drain();
  auto drains_at = to.how.size;
  if (growing && !resting())
    to = probe(here, table, to);
  auto mode = std::string{to.how.size == drains_at ? "drain: " : "probe: "};
  // Where batches take longer than hoped they stay full, whatever the timeout.
  auto hoped = model_.hoped_beyond(table.largest_seen);
  to = planner{hoped, traffic_, here, normal_}.with_lasting_timeout(to);
  return move_to(to, mode + waiting);
}

decision twin_policy::rescue(situation here, const knob_table& knobs) {
  auto table = model_.table();
  planner planning{table, traffic_, here, normal_};
  auto x = planning.make();
  auto oldest = oldest_wait();
  auto slo = std::isfinite(here.slo_ms) ? 1e-3 * here.slo_ms : oldest;
  if (backlog_of(here) && oldest > here.current.timeout_seconds + 0.3 * slo)
    return drain(planning, x, here, table, knobs);
  auto measured = std::max(
    calibration_.recent_p95_ms(), milliseconds(last_seconds().quantile(0.95)));
  auto off = unexplained(x.current, here);
  if (over(here) && (off < by_the_arrivals || !x.best().feasible()))
    return {};
  if (x.current.feasible()) {
    // The model saw no harm coming: believe the measurement, unless it was a
    // burst that made it.
    here.bias += std::clamp(std::log(off), 0.0, 0.4);
    x = planner{table, traffic_, here, normal_}.make();
    if (x.current.feasible())
      return {};
  }
  if (!x.best().feasible() && x.best().miss > 0.95 * x.current.miss)
    return {};
  return move(
    x, x.best(),
    "rescue: p95 " + number(measured) + " ms misses " + number(here.slo_ms)
      + " ms",
    knobs);
}

/// The settings that a target came with may cost many times what they must: at
/// 6 times, 10 s of them cost as much as 1.7 % for an hour. So may those that
/// the model led to where it knew least. As soon as it has seen them, both are
/// looked at once, and left if others gain a fifth.
decision
twin_policy::quick_look(const situation& here, const knob_table& knobs) {
  if (!look_due_ || (changed_at_ && resting()))
    return {};
  look_due_ = rescued_; // Until what it was rescued from is over.
  auto table = model_.table();
  auto x = planner{table, traffic_, here, normal_}.make();
  auto gained = gain(x.best(), x.current, here);
  if (gained < quick_gain)
    return {};
  auto look = std::string{changed_at_ ? "second look" : "first look"};
  return move(
    x, x.best(), look + ": better by " + number(100 * gained) + " %", knobs);
}

decision twin_policy::urgent(const knob_table& knobs) {
  if (!std::exchange(step_done_, false) || !model_.ready())
    return {};
  auto here = look(knobs);
  auto missed = objective_missed(here);
  auto result =
    missed ? rescue(std::move(here), knobs) : quick_look(here, knobs);
  if (!result.moves.empty())
    rescued_ = missed;
  return result;
}

} // namespace tuner::twin
