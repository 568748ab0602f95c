#include "actors/analyzer/regime/remembering.hpp"

#include "actors/monitor/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double rest_seconds = 120;   ///< Then settings are remembered.
constexpr double arrived_seconds = 15; ///< Then the load is in its regime.
constexpr double rate_memory_seconds = 10;

} // namespace

regime regime_of(double rate_rps) {
  if (!(rate_rps > 0.01) || !std::isfinite(rate_rps))
    return regime_of(0.011);
  return static_cast<regime>(
    std::floor(std::log(std::min(rate_rps, 1e12)) / std::log(1.25)));
}

remembering_policy::remembering_policy(
  std::unique_ptr<policy> other, objective aim,
  std::shared_ptr<regime_memory> memory)
  : other_(std::move(other)), aim_(aim), memory_(std::move(memory)) {}

void remembering_policy::watch(const sample& x) {
  other_->watch(x);
  auto length = seconds(x.closed_at - x.opened_at);
  auto offered = x.offered ? *x.offered : static_cast<double>(x.completed);
  if (!(length > 0) || !std::isfinite(offered))
    return;
  // A step is followed at once, noise is not.
  auto rate = offered / length;
  auto far = std::abs(rate - rate_rps_) > 0.3 * rate_rps_;
  auto gain = far ? 0.5 : std::min(1.0, length / rate_memory_seconds);
  rate_rps_ += gain * (rate - rate_rps_);
  // Left only when it is left behind by more than a tenth.
  auto low = regime_of(rate_rps_ / 1.1);
  auto high = regime_of(rate_rps_ * 1.1);
  if (here_ < low || here_ > high) {
    here_ = regime_of(rate_rps_);
    here_seconds_ = good_seconds_ = 0;
    tried_ = false;
  }
  here_seconds_ += length;
  histogram seen;
  seen.merge(x.latencies);
  auto well = !aim_.p95_slo_ms || seen.total() < 20
    || milliseconds(seen.quantile(0.95)) <= 1.1 * *aim_.p95_slo_ms;
  if (x.in_force != in_force_ || !well)
    good_seconds_ = 0;
  in_force_ = x.in_force;
  good_seconds_ += length;
  if (good_seconds_ >= rest_seconds) {
    memory_->remember(regime_of(rate_rps_), in_force_);
    good_seconds_ = 0;
  }
}

decision remembering_policy::recall(const knob_table& knobs) {
  if (tried_ || here_seconds_ < arrived_seconds)
    return {};
  tried_ = true;
  auto where = regime_of(rate_rps_);
  auto known = memory_->recall(where);
  for (auto near : {where - 1, where + 1}) // A rate may lie on a border.
    if (!known && (known = memory_->recall(near)))
      where = near;
  if (!known || other_->weighs(*known))
    return {};
  decision result;
  for (const auto& [knob, value] : *known) {
    const auto* spec = knobs.find(knob);
    auto now = in_force_.find(knob);
    if (spec && spec->enabled && now != in_force_.end() && value != now->second)
      result.moves.push_back(
        {knob, now->second, value,
         "settings that did well before at about " + format_number(rate_rps_, 3)
           + " requests/s"});
  }
  if (!result.moves.empty())
    on_trial_ = where;
  return result;
}

void remembering_policy::forget_present(regime where) {
  if (memory_->recall(where) == in_force_)
    memory_->forget(where);
}

decision
remembering_policy::decide(const observation& seen, const knob_table& knobs) {
  auto result = recall(knobs);
  if (!result.moves.empty())
    return result;
  result = other_->decide(seen, knobs);
  if (result.moves.empty() || result.considered.empty())
    return result;
  // Settings that are left for cheaper ones have not done well enough. Those
  // that are left for a peak of the load have: it will be over.
  if (result.considered.front().cost < result.considered.back().cost) {
    auto here = regime_of(rate_rps_);
    for (auto near : {here - 1, here, here + 1})
      forget_present(near);
  }
  return result;
}

decision remembering_policy::urgent(const knob_table& knobs) {
  auto result = other_->urgent(knobs);
  if (!result.moves.empty()) {
    tried_ = true;
    forget_present(regime_of(rate_rps_)); // They miss the objective here.
  }
  return result;
}

void remembering_policy::judged(const verdict& how) {
  if (on_trial_ && how.result != outcome::kept)
    memory_->forget(*on_trial_);
  on_trial_.reset();
  other_->judged(how);
}

void remembering_policy::aim_at(const objective& x) {
  aim_ = x;
  other_->aim_at(x);
}

} // namespace tuner
