#include "actors/analyzer/climb/climb.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::climb {

namespace {

constexpr auto rest = std::chrono::seconds{4};
constexpr double badly = 1.25;      ///< Missed for 3 s.
constexpr double requests_min = 50; ///< For a p95.
constexpr double rescue_target = 0.92;
constexpr double far_over = 1.1;    ///< Then the last step is undone whole.
constexpr double least_share = 0.3; ///< Of a step.
constexpr double patience = 1.3;    ///< Timeouts that a request may wait.
constexpr double batches_waiting = 2;
constexpr double calm = 0.5; ///< Of a crowd.

std::string number(double x) {
  return format_number(x, 3);
}

} // namespace

bool climb_policy::crowded(const levers& at, double share) const {
  auto wait_ms = 1e3 * crowd_.wait_seconds();
  auto limit_ms = patience * at.timeout_ms;
  if (aim_.p95_slo_ms)
    limit_ms = std::max(limit_ms, *aim_.p95_slo_ms);
  return crowd_.waiting() > share * batches_waiting * at.batch_size
    && wait_ms > share * limit_ms;
}

void climb_policy::watch(const sample& x) {
  recent_.push(x);
  load_.push(x);
  crowd_.push(x);
  fresh_ = true;
}

/// @returns the last step up, if it is what is in force.
std::optional<step>
climb_policy::last_step_undone(double p95_ms, const knob_table& knobs) const {
  const auto* knob = trial_ ? knobs.find(trial_->knob) : nullptr;
  auto now =
    knob ? recent_.in_force().find(knob->name) : recent_.in_force().end();
  if (
    !knob || !knob->enabled || now == recent_.in_force().end()
    || now->second != trial_->to || trial_->relief)
    return std::nullopt;
  if (!trial_->search && trial_->where() == direction::down)
    return std::nullopt;
  auto slo = aim_.p95_slo_ms ? *aim_.p95_slo_ms : 0;
  auto to = trial_->from;
  auto before = trial_->before ? trial_->before->worst_p95_ms() : 0;
  // A little over: as far back as a straight line between the two says.
  if (
    !trial_->search && p95_ms < far_over * slo
    && before < rescue_target * slo) {
    auto share = (rescue_target * slo - before) / (p95_ms - before);
    if (share > least_share) // Less is not worth another trial.
      to = clamp(*knob, trial_->from + share * (trial_->to - trial_->from));
    if (to == trial_->to)
      to = trial_->from;
  }
  if (to == trial_->to)
    return std::nullopt;
  return step{
    knob, trial_->to, to,
    "p95 " + number(p95_ms) + " ms misses " + number(slo)
      + " ms since the last step: back"};
}

decision climb_policy::rescue(const picture& seen, const knob_table& knobs) {
  auto slo = *aim_.p95_slo_ms;
  auto at = levers_now(knobs);
  if (auto back = last_step_undone(seen.p95_ms, knobs)) {
    auto undone = *trial_;
    fail(undone);
    acted_at_ = recent_.now();
    auto result = make(*back, undone.before);
    trial_->from = undone.from;
    return result;
  }
  auto x = steering_.down(
    at, seen, {seen.p95_ms, anticipated(), rescue_target * slo, slo});
  if (!x)
    return {};
  if (steering_.went_up(x->knob->name))
    back_off_.failed(x->knob->name, direction::up, recent_.now());
  acted_at_ = recent_.now();
  return make(*x, std::nullopt);
}

decision climb_policy::relieve(const levers& at, const knob_table& knobs) {
  if (!at.size)
    return {};
  auto found = number(crowd_.waiting()) + " requests wait, "
    + number(crowd_.served_rps()) + " are answered per second";
  acted_at_ = recent_.now();
  if (auto back = last_step_undone(HUGE_VAL, knobs)) {
    fail(*trial_);
    back->why = found + " since the last step: back";
    return make(*back, std::nullopt);
  }
  auto load = std::max(load_.now_rps(), crowd_.offered_rps());
  auto suitable = aim_.p95_slo_ms ? suitable_batch(load, *aim_.p95_slo_ms) : 0;
  auto wanted = capacity_.next(
    {at.batch_size, crowd_.served_rps(), suitable}, recent_.now());
  if (!wanted || !std::isfinite(*wanted))
    return {};
  auto to = clamp(*at.size, std::round(*wanted));
  auto where = to > at.batch_size ? direction::up : direction::down;
  if (
    to == at.batch_size
    || relief_off_.left(at.size->name, where, recent_.now()) > duration{})
    return {};
  if (where == direction::up)
    too_small_ = too_small{at.batch_size, load, recent_.now()};
  else
    too_small_.reset();
  auto result = make(
    {at.size, at.batch_size, to,
     found + ": looking for the batch size that answers more"},
    std::nullopt);
  trial_->relief = true;
  return result;
}

decision climb_policy::urgent(const knob_table& knobs) {
  if (!std::exchange(fresh_, false))
    return {};
  auto now = recent_.now();
  auto at = levers_now(knobs);
  // What a crowd suffers says nothing about settings; nor does the sample in
  // which it ends.
  if (std::exchange(not_calm_, crowded(at, calm)) || not_calm_)
    recent_.forget();
  crowded_ = crowded(at, 1) ? crowded_ + 1 : 0;
  if (now - std::max(recent_.changed_at(), acted_at_) < rest)
    return {};
  if (crowded_ >= 2)
    return crowd_.clearing() ? decision{} : relieve(at, knobs);
  if (!aim_.p95_slo_ms)
    return {};
  auto slo = *aim_.p95_slo_ms;
  auto x = recent_.last(3);
  if (!x || x->completed < requests_min || x->p95_ms <= badly * slo)
    x = recent_.last(10);
  if (!x || x->completed < requests_min || x->p95_ms <= slo)
    return {};
  auto hopeless = x->p95_ms > 2 * (slo + at.timeout_ms);
  auto behind =
    crowd_.waiting() > at.batch_size && steering_.size_binds(at, *x);
  if (behind && crowd_.clearing())
    return {};
  return hopeless || behind ? relieve(at, knobs) : rescue(*x, knobs);
}

} // namespace tuner::climb
