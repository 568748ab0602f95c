#include "actors/analyzer/climb/climb.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::climb {

namespace {

constexpr double target = 0.95; ///< Of the objective, like the next two.
constexpr double up_below = 0.91;
constexpr double down_above = 0.985;
constexpr double elasticity = 0.3;      ///< Of p95 to load.
constexpr double horizon_seconds = 100; ///< From one step to the next.
constexpr double anticipated_max = 0.12;
constexpr double peak_elasticity = 0.15;
constexpr double cost_tolerance = 0.01;
constexpr double least_effect = 0.02; ///< Of p95, that can be seen.
constexpr double idle_effect = 0.25;  ///< Of what a step should have done.

std::string number(double x) {
  return format_number(x, 3);
}

decision hold(std::string why) {
  return {{}, std::move(why), {}};
}

double value_of(const settings& x, const std::string& name) {
  auto i = x.find(name);
  return i == x.end() ? std::nan("") : i->second;
}

} // namespace

climb_policy::climb_policy(objective aim) {
  climb_policy::aim_at(aim);
}

void climb_policy::aim_at(const objective& x) {
  aim_ = x;
  if (!std::isfinite(*aim_.p95_slo_ms) || *aim_.p95_slo_ms <= 0)
    aim_.p95_slo_ms = {};
}

std::map<std::string, double> climb_policy::figures() const {
  return {
    {"steps_off", back_off_.steps_off(recent_.now())},
    {"load_growth_per_minute", 60 * load_.growth_per_second()}};
}

double climb_policy::anticipated() const {
  auto growth = elasticity * horizon_seconds * load_.growth_per_second();
  return 1 + std::clamp(growth, 0.0, anticipated_max);
}

double climb_policy::below_peak() const {
  auto now = load_.now_rps();
  auto peak = load_.peak_rps();
  return now > 0 ? 1 + peak_elasticity * std::log(peak / now) : 1;
}

void climb_policy::judged(const verdict& x) {
  if (!trial_)
    return;
  if (x.result == outcome::inconclusive)
    trial_->unsure = true; // Or it was that of the step before this one.
  if (x.result != outcome::rolled_back)
    return;
  fail(*trial_);
  steering_.note(trial_->knob, opposite(trial_->where()));
  trial_.reset();
}

void climb_policy::fail(const trial& x) {
  auto& off = x.relief ? relief_off_ : back_off_;
  off.failed(x.knob, x.where(), recent_.now());
  if (auto i = searches_.find(x.knob); x.search && i != searches_.end())
    i->second.tell(x.to, false, recent_.now());
}

decision
climb_policy::make(const step& x, const std::optional<evidence>& before) {
  steering_.note(x.knob->name, x.where());
  trial_ = trial{x.knob->name, x.from, x.to, before};
  if (x.knob->role == knob_role::batch_size)
    steering_.timeout_is_idle(false);
  return {{{x.knob->name, x.from, x.to, x.why}}, {}, {}};
}

/// Judges the step that was made last.
/// @returns a step back, if need be.
std::optional<decision>
climb_policy::conclude(const evidence& here, const knob_table& knobs) {
  auto made = std::exchange(trial_, std::nullopt);
  const auto* knob = made ? knobs.find(made->knob) : nullptr;
  if (!knob)
    return std::nullopt;
  if (value_of(recent_.in_force(), made->knob) != made->to) {
    if (made->unsure) {
      fail(*made);
      steering_.note(made->knob, opposite(made->where()));
    }
    return std::nullopt;
  }
  if (!made->before)
    return std::nullopt;
  if (made->search) {
    auto better = weigh(*made->before, here, aim_.p95_slo_ms);
    if (auto i = searches_.find(made->knob); i != searches_.end())
      i->second.tell(made->to, better.value_or(false), recent_.now());
    return std::nullopt;
  }
  if (made->where() == direction::down)
    return std::nullopt;
  auto cost = cost_difference(*made->before, here);
  if (cost && cost->rose(cost_tolerance)) {
    fail(*made);
    return make(
      {knob, made->to, made->from,
       "a request costs " + number(100 * std::expm1(cost->log_ratio))
         + " % more busy time since the step up"},
      std::nullopt);
  }
  if (knob->role == knob_role::batch_timeout) {
    auto expected = made->to - made->from;
    auto effect = here.all.p95_ms - made->before->all.p95_ms;
    steering_.timeout_is_idle(effect < idle_effect * expected);
  }
  return std::nullopt;
}

levers climb_policy::levers_now(const knob_table& knobs) const {
  auto result = levers_of(recent_.in_force(), knobs);
  constexpr auto remembered = std::chrono::minutes{30};
  if (
    too_small_ && recent_.now() < too_small_->at + remembered
    && load_.now_rps() > 0.9 * too_small_->load_rps)
    result.size_floor = std::ceil(1.15 * too_small_->batch_size);
  return result;
}

decision climb_policy::steer(const evidence& here, const knob_table& knobs) {
  auto slo = *aim_.p95_slo_ms;
  auto at = levers_now(knobs);
  steering::goal to{here.worst_p95_ms(), 1, target * slo, slo};
  std::optional<step> x;
  to.outlook = anticipated();
  if (to.expected_ms() > down_above * slo) {
    x = steering_.down(at, here.all, to);
  } else if (to.outlook *= below_peak(); to.expected_ms() < up_below * slo) {
    x = steering_.up(at, here.all, to);
  }
  if (!x)
    return hold(to.words() + ": nothing to gain by a step");
  if (auto off = back_off_.left(x->knob->name, x->where(), recent_.now());
      off > duration{})
    return hold(
      to.words() + ": " + x->knob->name
      + (x->where() == direction::up ? " up" : " down")
      + " failed before and is not tried for another " + to_string(off));
  return make(*x, here);
}

line_search& climb_policy::search_of(
  const knob_spec& knob, double present, const evidence& here) {
  auto found = searches_.find(knob.name);
  if (found != searches_.end() && found->second.knows(present))
    return found->second;
  auto waits = knob.role == knob_role::batch_timeout;
  line_search::start from{
    present, waits ? -1.0 : 1.0, waits ? least_effect * here.all.p95_ms : 0};
  return searches_.insert_or_assign(knob.name, line_search{knob, from})
    .first->second;
}

std::optional<decision>
climb_policy::try_knob(const knob_spec& knob, const evidence& here) {
  auto now = recent_.now();
  auto present = value_of(recent_.in_force(), knob.name);
  auto& x = search_of(knob, present, here);
  if (present == x.best() || bases_.count(knob.name) == 0)
    bases_[knob.name] = here;
  for (int tries = 0; tries < 2; ++tries) {
    auto to = x.next(present, now);
    if (!to)
      return std::nullopt;
    auto where = *to > x.best() ? direction::up : direction::down;
    auto home = *to == x.best();
    auto grows = knob.role == knob_role::batch_size && where == direction::up;
    auto idle = grows && here.all.in_flight() < 0.5 * present;
    if (!home && (idle || back_off_.left(knob.name, where, now) > duration{})) {
      x.tell(*to, false, now);
      continue;
    }
    trial_ = trial{knob.name, present, *to, bases_[knob.name], !home};
    auto p95 = "p95 " + number(here.all.p95_ms) + " ms at " + number(present)
      + (knob.unit.empty() ? "" : ' ' + knob.unit);
    auto why = home ? p95 + ": back to the best known"
                    : p95 + ": a step to see whether it gets better";
    return decision{{{knob.name, present, *to, why}}, {}, {}};
  }
  return std::nullopt;
}

decision climb_policy::search(const evidence& here, const knob_table& knobs) {
  auto searched = [&](knob_role role) {
    return role == knob_role::other
      || (!aim_.p95_slo_ms && role != knob_role::cache_size);
  };
  for (auto role :
       {knob_role::batch_timeout, knob_role::batch_size, knob_role::other})
    for (const auto& knob : knobs.knobs)
      if (
        knob.role == role && knob.enabled && searched(role)
        && std::isfinite(value_of(recent_.in_force(), knob.name)))
        if (auto x = try_knob(knob, here))
          return *x;
  return hold(
    "p95 " + number(here.all.p95_ms) + " ms: no step is better than none");
}

decision
climb_policy::decide(const observation& seen, const knob_table& knobs) {
  if (seen.in_force != recent_.in_force())
    return hold("The settings have just changed");
  auto here = recent_.look();
  if (!here)
    return hold("Too few requests to tell a step from noise");
  if (auto back = conclude(*here, knobs))
    return *back;
  if (aim_.p95_slo_ms) {
    auto x = steer(*here, knobs);
    if (!x.moves.empty())
      return x;
    auto y = search(*here, knobs);
    return y.moves.empty() ? x : y;
  }
  return search(*here, knobs);
}

} // namespace tuner::climb
