#include "actors/analyzer/twin/twin.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace tuner::twin {

namespace {

constexpr auto changes_memory = std::chrono::minutes{5};
/// Settings in force may strain the objective a little more than new ones, or
/// noise would move them for ever.
constexpr double tolerated_strain = 1.025;
/// No load flatters a candidate by so much.
constexpr double beyond_luck = 0.15;
/// Without an objective, so much worse may be what is now for what is better at
/// the recent peak or low: the judge sees what is now.
constexpr double slower_now_max = 1.05;
/// Less faster counts as no faster.
constexpr double faster_min = 0.02;
/// What is no faster has to save so much of the cost, or luck would trade a
/// little of the one for a little of the other for ever.
constexpr double cheaper_min = 0.05;
constexpr double trusted_error = 0.25;
/// What the luck of the batches alone makes of a window's p95, at most.
constexpr double error_by_luck = 0.01;
/// Nine of ten errors are at most so many times their mean, if normal.
constexpr double errors_covered = 1.6;
/// A prediction for the time until the next decision can take effect.
constexpr double seconds_ahead = 10;
constexpr const char* curve_name = "service_curve";

std::vector<double> make_normal_numbers() {
  std::vector<double> result(1024);
  std::mt19937_64 random{7};
  auto uniform = [&] {
    return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
  };
  for (auto& x : result) {
    auto radius = std::sqrt(-2 * std::log(uniform()));
    x = radius * std::cos(6.283185307179586 * uniform());
  }
  return result;
}

const std::vector<double>& normal_numbers() {
  static const auto numbers = make_normal_numbers();
  return numbers;
}

std::string number(double x) {
  return format_number(x, 3);
}

double value_of(const settings& x, const char* knob, double otherwise) {
  auto i = x.find(knob);
  return i == x.end() ? otherwise : i->second;
}

/// @returns `x` requests, at least one; more than a million are never in a
/// batch.
size_t size_of(double x) {
  return x >= 1 ? static_cast<size_t>(std::min(x, 1e6)) : 1;
}

/// @returns what a normal decision goes for, in words.
std::string aim_of(const plan& x, const weighed& to, const situation& here) {
  if (!std::isfinite(here.slo_ms))
    return "least p95";
  auto slo = number(here.slo_ms) + " ms";
  if (!to.feasible())
    return "least over the objective of " + slo;
  return x.dearer(to) ? "nearest of the cheap ones that keep p95 within " + slo
                      : "cheapest that keeps p95 within " + slo;
}

const knob_spec* with_role(const knob_table& knobs, knob_role role) {
  for (const auto& x : knobs.knobs)
    if (x.role == role)
      return &x;
  return nullptr;
}

} // namespace

twin_policy::twin_policy(objective aim)
  : aim_(aim), normal_(normal_numbers()) {}

bool twin_policy::trusted() const {
  return model_.ready()
    && (calibration_.windows() < 6 || calibration_.error() < trusted_error);
}

std::map<std::string, double> twin_policy::figures() const {
  return {
    {"prediction_bias", calibration_.bias()},
    {"prediction_error", calibration_.error()},
    {"service_drift", model_.drift()}};
}

knowledge twin_policy::known() const {
  if (!model_.ready())
    return {};
  return {{curve_name, to_text(model_.memory())}};
}

void twin_policy::take_up(const knowledge& x) {
  if (auto curve = x.find(curve_name); curve != x.end())
    try {
      model_.restore(model::service_memory_from(curve->second));
    } catch (const std::exception&) {
      return; // Learned anew.
    }
}

void twin_policy::note_change(const sample& x) {
  if (x.in_force == in_force_)
    return;
  if (!in_force_.empty()) {
    changes_.push_back(x.closed_at);
    changed_at_ = x.closed_at;
    // What others want, or what is put back, is not for a quick look.
    look_due_ = !proposed_.empty()
      && std::all_of(
        proposed_.begin(), proposed_.end(), [&](const knob_move& m) {
          auto now = x.in_force.find(m.knob);
          return now != x.in_force.end() && now->second == m.to;
        });
    note_courses(look_due_);
  }
  in_force_ = x.in_force;
  last_.clear();
  infeasible_in_a_row_ = 0;
  challenger_.reset();
}

void twin_policy::note_courses(bool own) {
  if (!own) {
    size_course_ = timeout_course_ = {};
    return;
  }
  auto rate = traffic_.outlook(seconds_ahead).forecast;
  for (const auto& m : proposed_)
    (m.knob == knob::batch_size ? size_course_ : timeout_course_) = {
      m.to > m.from ? 1 : -1, rate};
}

void twin_policy::watch(const sample& x) {
  now_ = x.closed_at;
  if (in_force_.empty())
    started_at_ = x.opened_at;
  note_change(x);
  while (!changes_.empty() && changes_.front() + changes_memory < now_)
    changes_.pop_front();
  if (x.workers > 0)
    workers_ = x.workers;
  auto accesses = x.cache_hits + x.cache_misses;
  if (accesses > 0)
    batched_share_ += 0.1
      * (static_cast<double>(x.cache_misses) / static_cast<double>(accesses)
         - batched_share_);
  queue_length_ =
    x.queue_length && std::isfinite(*x.queue_length) ? *x.queue_length : 0;
  model_.learn(x.batch_records);
  step_done_ = traffic_.learn(x);
  auto here = look({});
  if (draining_) { // What is answered now tells of the backlog.
    draining_ = backlog_of(here) && 1e3 * oldest_wait() > here.slo_ms;
    last_.clear();
    calibration_.skip();
    return;
  }
  last_.emplace_back(x.latencies, seconds(x.closed_at - x.opened_at));
  while (last_.size() > 2)
    last_.pop_front();
  calibration_.learn(x, model_, traffic_, here, normal_);
}

situation twin_policy::look(const knob_table& knobs) const {
  situation x;
  auto share = std::clamp(batched_share_, 0.01, 1.0);
  x.batched_share = share;
  x.rates = traffic_.outlook(seconds_ahead);
  x.size_course = size_course_.at(x.rates.forecast);
  x.timeout_course = timeout_course_.at(x.rates.forecast);
  x.rates.forecast *= share;
  x.rates.peak *= share;
  x.rates.low *= share;
  x.rates.mean *= share;
  x.quantile = std::clamp(1 - 0.05 / share, 0.05, 0.95);
  x.current.size = size_of(value_of(in_force_, knob::batch_size, 1));
  x.current.timeout_seconds =
    1e-3 * value_of(in_force_, knob::batch_timeout, 0);
  x.workers = workers_;
  if (aim_.p95_slo_ms)
    x.slo_ms = *aim_.p95_slo_ms;
  x.bias = calibration_.bias();
  x.model_error = std::clamp(
    errors_covered * (calibration_.error() - error_by_luck), 0.0, 0.15);
  const auto* size = with_role(knobs, knob_role::batch_size);
  const auto* timeout = with_role(knobs, knob_role::batch_timeout);
  auto& b = x.bounds;
  b.size_fixed = !size || !size->enabled || !in_force_.count(size->name);
  b.timeout_fixed =
    !timeout || !timeout->enabled || !in_force_.count(timeout->name);
  if (size) {
    b.size_min = size_of(size->min);
    b.size_max = size_of(size->max);
  }
  if (timeout) {
    b.timeout_min_seconds = 1e-3 * timeout->min;
    b.timeout_max_seconds = 1e-3 * timeout->max;
  }
  x.waiting = queue_length_;
  auto aged = static_cast<size_t>(std::clamp(queue_length_, 0.0, 4000.0));
  for (auto later = aged; later-- > 0;)
    x.backlog.push_back(traffic_.age_of(static_cast<double>(later) / share));
  return x;
}

double twin_policy::oldest_wait() const {
  if (queue_length_ < 1)
    return 0;
  auto share = std::clamp(batched_share_, 0.01, 1.0);
  return traffic_.age_of((queue_length_ - 1) / share);
}

decision twin_policy::move(
  const plan& x, const weighed& to, std::string why, const knob_table& knobs) {
  decision result;
  auto consider = [&](const weighed& c) {
    result.considered.push_back(
      {{{knob::batch_size, static_cast<double>(c.how.size)},
        {knob::batch_timeout, 1e3 * c.how.timeout_seconds}},
       c.p95_ms,
       c.cost,
       c.feasible()});
  };
  consider(to);
  for (const auto& c : x.ranked)
    if (!same(c.how, to.how) && !same(c.how, x.current.how))
      consider(c);
  if (!same(to.how, x.current.how))
    consider(x.current);
  why += ": p95 " + number(to.p95_ms) + " ms and " + number(to.cost)
    + " busy workers expected, against " + number(x.current.p95_ms) + " ms and "
    + number(x.current.cost) + " as it is";
  auto add = [&](knob_role role, double value) {
    const auto* spec = knobs.tunable(role);
    auto now = spec ? in_force_.find(spec->name) : in_force_.end();
    if (now != in_force_.end() && value != now->second)
      result.moves.push_back({spec->name, now->second, value, why});
  };
  add(knob_role::batch_size, static_cast<double>(to.how.size));
  // Finer than a thousandth of the objective is noise.
  auto ms = 1e3 * to.how.timeout_seconds;
  auto grain = ms >= 10 ? 0.1 : (ms >= 1 ? 0.01 : 0.001);
  add(knob_role::batch_timeout, std::round(ms / grain) * grain);
  if (!result.moves.empty())
    proposed_ = result.moves;
  return result;
}

/// @returns whether a closer look at a plan may lead to a move: it takes half
/// of the time of a decision. A smaller gain gets one when it is to win again.
bool twin_policy::promising(const plan& x) const {
  auto faster = x.best().usual_p95_ms < 0.985 * x.current.usual_p95_ms;
  return x.current.strain > 1 || x.best().cost < 0.985 * x.current.cost
    || (!aim_.p95_slo_ms && faster);
}

// Of many candidates, the one that the load on trial flatters comes out best.
// So whoever wins is a challenger first, and has to win again, unchosen, on the
// load of the next decision.

/// @returns where to move while the present settings miss the objective, now or
/// at a rate of late. A near miss has to last for three decisions.
std::optional<weighed> twin_policy::way_out(
  const plan& x, const situation& here,
  const std::optional<weighed>& challenger) {
  ++infeasible_in_a_row_;
  auto better = [&](const weighed& c) {
    return c.feasible()
      || (x.current.miss > 1 && !over(here)
          && c.worst < helpful() * x.current.worst
          && c.p95_ms < x.current.p95_ms);
  };
  auto stands = challenger && better(*challenger)
    && (challenger->feasible() || !x.best().feasible());
  auto to = stands ? *challenger : x.best();
  challenger_ = to.how;
  auto badly = x.current.miss > 1.1;
  auto sure = badly || (infeasible_in_a_row_ >= 3 && (stands || to.feasible()));
  return sure && better(to) ? std::optional{to} : std::nullopt;
}

/// @returns where to move from settings that meet the objective, for the gain.
std::optional<weighed> twin_policy::improvement(
  const plan& x, const situation& here,
  const std::optional<weighed>& challenger) {
  auto needed = 0.008 + 0.004 * static_cast<double>(changes_.size());
  if (challenger && gain(*challenger, x.current, here) >= needed)
    return challenger;
  challenger_.reset();
  auto gained = gain(x.best(), x.current, here);
  if (gained >= std::max(needed, beyond_luck))
    return x.best();
  if (gained >= needed)
    challenger_ = x.best().how;
  return {};
}

/// @returns the share of the cost, or without an objective of the p95, that is
/// saved; 0 if the objective is not met, or without one if it is slower now or
/// little is saved.
double twin_policy::gain(
  const weighed& x, const weighed& current, const situation& here) const {
  auto no_slo = !std::isfinite(here.slo_ms);
  auto faster = 1 - x.delay() / current.usual_p95_ms;
  auto cheaper = 1 - x.price() / current.cost;
  if (!x.feasible())
    return 0;
  if (!no_slo)
    return cheaper;
  if (x.p95_ms > slower_now_max * current.p95_ms)
    return 0;
  if (faster > faster_min)
    return faster;
  return cheaper >= cheaper_min ? cheaper : 0;
}

/// They win at once if they are better: luck didn't choose them.
bool twin_policy::weighs(const settings& x) {
  if (!model_.ready())
    return false;
  auto now = look({}).current;
  challenger_ = batching{
    size_of(value_of(x, knob::batch_size, static_cast<double>(now.size))),
    1e-3 * value_of(x, knob::batch_timeout, 1e3 * now.timeout_seconds)};
  return true;
}

decision twin_policy::decide(const observation&, const knob_table& knobs) {
  if (!model_.ready() || !traffic_.ready())
    return {{}, "Learning how long batches take", {}};
  auto here = look(knobs);
  auto table = model_.table();
  planner planning{table, traffic_, here, normal_};
  auto x = planning.make();
  rescued_ = look_due_ = false;
  if (promising(x) || challenger_)
    planning.confirm(x);
  auto challenger = challenger_
    ? std::optional{planning.confirmed(*challenger_)}
    : std::nullopt;
  auto misses = x.current.strain > tolerated_strain;
  if (!misses)
    infeasible_in_a_row_ = 0;
  auto to =
    misses ? way_out(x, here, challenger) : improvement(x, here, challenger);
  if (to)
    return move(x, *to, aim_of(x, *to, here), knobs);
  auto hold = move(x, x.current, "", knobs);
  hold.moves.clear();
  return hold;
}

} // namespace tuner::twin
