#include "actors/analyzer/climb/steering.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::climb {

namespace {

constexpr double response = 1.1; ///< p95 follows a knob's 1.1th root.
constexpr double share_min = 0.125;
constexpr double full = 0.85; ///< Of the batch size: it binds.
constexpr double half = 0.5;
constexpr double size_step = 0.3;     ///< Of the batch size, at most.
constexpr double jump = 8;            ///< Times the batch size, at most.
constexpr double room_share = 0.75;   ///< Of what comes within the objective.
constexpr double timeout_slope = 1.3; ///< ms of p95 for 1 ms of timeout.
constexpr double least_change = 0.01; ///< Of the objective, or the size.

std::string number(double x) {
  return format_number(x, 3);
}

double value_of(const settings& x, const std::string& name) {
  auto i = x.find(name);
  return i != x.end() && std::isfinite(i->second) ? i->second : 0;
}

/// Finer than a thousandth of the objective is noise.
double rounded(double ms, double slo_ms) {
  auto grain = std::pow(10.0, std::floor(std::log10(slo_ms)) - 2);
  return std::isfinite(grain) && grain > 0 ? std::round(ms / grain) * grain
                                           : ms;
}

std::optional<step>
step_to(const knob_spec& knob, double from, double to, std::string why) {
  auto limited = clamp(knob, to);
  if (limited == from || !std::isfinite(limited))
    return std::nullopt;
  return step{&knob, from, limited, std::move(why)};
}

} // namespace

std::string steering::goal::words() const {
  auto result = "p95 " + number(p95_ms) + " ms of " + number(slo_ms) + " ms";
  if (outlook > 1.005)
    result += " (" + number(expected_ms()) + " ms should the load rise)";
  return result;
}

levers levers_of(const settings& in_force, const knob_table& knobs) {
  levers result;
  for (const auto& x : knobs.knobs) {
    auto present = in_force.count(x.name) > 0;
    auto movable = present && x.enabled ? &x : nullptr;
    if (x.role == knob_role::batch_size && !result.size) {
      result.size = movable;
      result.batch_size = value_of(in_force, x.name);
    }
    if (x.role == knob_role::batch_timeout && !result.timeout) {
      result.timeout = movable;
      result.timeout_ms = value_of(in_force, x.name);
    }
  }
  return result;
}

double suitable_batch(double load_rps, double slo_ms) {
  return std::max(1.0, std::round(half * load_rps * slo_ms * 1e-3));
}

double steering::share(const std::string& knob) const {
  auto i = strides_.find(knob);
  return i == strides_.end() ? 1 : i->second.share;
}

bool steering::went_up(const std::string& knob) const {
  auto i = strides_.find(knob);
  return i != strides_.end() && i->second.last == direction::up;
}

void steering::note(const std::string& knob, direction where) {
  auto& x = strides_[knob];
  if (x.last && *x.last != where)
    x.share = std::max(share_min, x.share / 2);
  else if (where == direction::up)
    x.share = std::min(1.0, x.share * 1.5);
  x.last = where;
}

bool steering::size_binds(const levers& at, const picture& seen) const {
  if (at.batch_size <= 0)
    return false;
  if (at.batch_size < 2)
    return true; // Batches of one wait for nobody.
  if (seen.batch_mean)
    return *seen.batch_mean >= full * at.batch_size;
  if (timeout_idle_)
    return true;
  return seen.served_rps * at.timeout_ms * 1e-3 >= at.batch_size;
}

std::optional<step>
steering::down(const levers& at, const picture& seen, const goal& to) const {
  auto factor = std::pow(to.target_ms / to.expected_ms(), response);
  if (!(factor < 1))
    return std::nullopt;
  auto why = to.words() + ", to be led to " + number(to.target_ms) + " ms: ";
  auto binds = size_binds(at, seen);
  if (at.timeout && !(binds && at.size)) {
    // A timeout beyond the time in which a batch fills has no effect.
    auto fill_ms = at.batch_size > 0 && seen.served_rps > 0
      ? 1e3 * at.batch_size / seen.served_rps
      : at.timeout_ms;
    auto wait = binds ? std::min(at.timeout_ms, fill_ms) : at.timeout_ms;
    auto least = least_change * to.slo_ms;
    auto ms = wait * factor < least ? 0 : rounded(wait * factor, to.slo_ms);
    if (auto x = step_to(*at.timeout, at.timeout_ms, ms, why + "wait less"))
      return x;
  }
  if (!at.size || at.batch_size <= 1)
    return std::nullopt;
  // Batches that are not full get smaller only from where they are.
  auto size = std::max(at.size_floor, std::floor(at.batch_size * factor));
  if (size >= at.batch_size)
    return std::nullopt;
  return step_to(*at.size, at.batch_size, size, why + "smaller batches");
}

std::optional<step>
steering::up(const levers& at, const picture& seen, const goal& to) const {
  if (to.target_ms - to.expected_ms() < least_change * to.slo_ms)
    return std::nullopt;
  return size_binds(at, seen) && at.size ? size_up(at, seen, to)
                                         : timeout_up(at, seen, to);
}

std::optional<step>
steering::size_up(const levers& at, const picture& seen, const goal& to) const {
  auto n = at.batch_size;
  if (seen.in_flight() < half * n)
    return std::nullopt; // Less than half loaded: nothing to gather.
  auto comes = room_share * seen.load_rps * to.slo_ms * 1e-3;
  auto room = comes + 2 * std::sqrt(comes); // Arrivals are not regular.
  auto wanted = std::ceil(std::min(room, jump * n));
  // A jump is for the beginning: not where a step has failed.
  if (
    n >= suitable_batch(seen.load_rps, to.slo_ms) || share(at.size->name) < 1) {
    auto gain = std::pow(to.target_ms / to.expected_ms(), response) - 1;
    auto most = std::max(2 / n, size_step * share(at.size->name));
    wanted = n + std::ceil(n * std::min(gain, most));
  }
  if (wanted <= n)
    return std::nullopt;
  return step_to(
    *at.size, n, wanted,
    to.words() + ", batches of " + number(n)
      + " are full: room for larger ones");
}

std::optional<step> steering::timeout_up(
  const levers& at, const picture& seen, const goal& to) const {
  if (!at.timeout || !(seen.load_rps > 0))
    return std::nullopt;
  auto more =
    share(at.timeout->name) * (to.target_ms - to.expected_ms()) / timeout_slope;
  auto ms = rounded(at.timeout_ms + more, to.slo_ms);
  if (ms <= at.timeout_ms)
    return std::nullopt;
  return step_to(
    *at.timeout, at.timeout_ms, ms, to.words() + ": time for larger batches");
}

} // namespace tuner::climb
