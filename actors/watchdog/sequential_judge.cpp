#include "actors/watchdog/sequential_judge.hpp"

#include "actors/watchdog/comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tuner {

namespace {

using namespace std::chrono_literals;

/// Seconds after the change. Looks cost: each one may cry wolf.
constexpr std::array looks{3,  4,  5,  6,  8,  10, 12, 15,
                           20, 25, 30, 40, 50, 60, 75, 90};
/// Dearer by less is no harm.
constexpr double dearer = 1.05;

} // namespace

sequential_judge::sequential_judge(judge_params params)
  : params_(std::move(params)), wire_(params_.error_ratio_max) {}

void sequential_judge::retune(const judge_params& p) {
  params_ = p;
  wire_.tolerate_errors(p.error_ratio_max);
}

void sequential_judge::watch(const sample& x) {
  if (params_.name != "load_normalised")
    replay_.watch(x);
  if (params_.name != "replay")
    load_.watch(x);
  if (params_.name == "auto")
    rates_.watch(x);
  wire_.watch(x);
}

/// Throughput lower by a fifth is time per request higher by a quarter.
double sequential_judge::tolerated() const {
  auto threshold = threshold_for(params_, what_);
  return by_throughput() ? -std::log1p(-std::min(threshold, 0.99))
                         : std::log1p(threshold);
}

/// @returns nothing where no latency can miss it.
reading sequential_judge::p95_objective() const {
  return by_throughput() ? reading{} : params_.p95_slo_ms;
}

void sequential_judge::begin(const change& what) {
  what_ = what;
  wire_.begin();
  auto by_load = params_.name == "load_normalised"
    || (params_.name == "auto" && !replay_.ready());
  by_ = by_load ? static_cast<meter*>(&load_) : &replay_;
  if (params_.name == "auto" && rates_.needed())
    by_ = &rates_;
  measurable_ = by_->begin(what);
  doing_ = phase::trying;
  from_ = what.at + what.settle;
  doubt_ = {};
  cleared_ = false;
  rebased_.reset();
  checked_at_ = {};
  looked_at_ = 0;
}

void sequential_judge::end(outcome how) {
  if (by_)
    by_->end(how);
  measurable_ = false;
  doing_ = phase::idle;
}

void sequential_judge::moved(instant at) {
  moved_at_ = at;
  look_from_ = {};
}

effect sequential_judge::measured(const trial_view& x) const {
  if (!measurable_)
    return {};
  return compare(yardstick(), by_->between(from_, x.now), tolerated());
}

std::vector<deviation> sequential_judge::yardstick() const {
  return rebased_ ? *rebased_ : by_->before();
}

std::string sequential_judge::in_words(const effect& seen) const {
  if (seen.after == 0)
    return "there is nothing to compare with";
  auto log = shown(seen.p95.value);
  return std::string{measured_by()} + " is "
    + compared_with(log, by_ ? by_->yardstick() : "before") + " (between "
    + compared(log - 2 * seen.p95.error) + " and "
    + compared(log + 2 * seen.p95.error) + ')';
}

verdict sequential_judge::conclude(
  const trial_view& x, outcome how, std::string why, const effect& seen) const {
  verdict result{x.what.id, how, x.now, std::move(why), x.before, x.after, {}};
  auto& n = result.numbers;
  n["windows_before"] = static_cast<double>(seen.before);
  n["windows_after"] = static_cast<double>(seen.after);
  if (seen.after > 0) {
    auto ratio = std::string{measured_by()} + "_ratio";
    auto log = shown(seen.p95.value);
    n[ratio] = std::exp(log);
    n[ratio + "_low"] = std::exp(log - 2 * seen.p95.error);
    n[ratio + "_high"] = std::exp(log + 2 * seen.p95.error);
    if (!by_throughput())
      n["body_ratio"] = std::exp(seen.body.value);
  }
  if (doubt_.tripped && how == outcome::rolled_back)
    n["tripwire"] = 1;
  if (measurable_ && how == outcome::rolled_back && x.what.moves.size() > 1)
    for (const auto& [knob, ratio] : by_->p95_ratio_by_knob(x.what))
      n["p95_ratio_by_" + knob] = ratio;
  if (measurable_ && by_)
    if (auto cost = by_->cost_ratio(from_, x.now))
      n["cost_ratio"] = *cost;
  return result;
}

/// @returns what is wrong, if something is.
std::optional<sequential_judge::doubt>
sequential_judge::doubted(const trial_view& x, const effect& seen) const {
  if (seen.suspicious(tolerated())) {
    auto objective = p95_objective();
    auto missed = !objective || milliseconds(x.after.latency_p95) > *objective;
    auto cost = by_->cost_ratio(from_, x.now);
    auto by =
      seen.body.value / seen.body.error > seen.p95.value / seen.p95.error
      ? &effect::body
      : &effect::p95;
    if (missed || (cost && *cost > dearer))
      return doubt{in_words(seen), false, (seen.*by).value, by};
  }
  auto served = served_ratio(x.after);
  auto enough = x.now - from_ >= 10s && x.after.offered
    && *x.after.offered >= static_cast<double>(params_.requests_min);
  if (!served || !enough)
    return {};
  auto expected = measurable_ ? by_->expected_served(from_, x.now) : reading{};
  auto before = served_ratio(x.before);
  auto usual = std::min(1.0, expected ? *expected : (before ? *before : 1.0));
  if (!(*served < usual * (1 - threshold_for(params_, what_))))
    return {};
  return doubt{
    words({"completed / offered", usual, *served})
      + " (old settings, new ones)",
    true, seen.p95.value};
}

std::optional<verdict> sequential_judge::keep_if_harmless(
  const trial_view& x, const effect& seen) const {
  auto objective = p95_objective();
  auto meets = objective && !thin(x.after, params_.requests_min)
    && milliseconds(x.after.latency_p95) <= *objective;
  if (
    seen.harmless(tolerated())
    || (x.last && seen.probably_harmless(tolerated())))
    return conclude(x, outcome::kept, in_words(seen), seen);
  if (meets && !seen.suspicious(tolerated()))
    return conclude(
      x, outcome::kept,
      "p95 of " + format_number(milliseconds(x.after.latency_p95), 3)
        + " ms meets the objective; " + in_words(seen),
      seen);
  auto cost = measurable_ ? by_->cost_ratio(from_, x.now) : reading{};
  if (meets && cost && *cost <= dearer)
    return conclude(
      x, outcome::kept,
      "p95 of " + format_number(milliseconds(x.after.latency_p95), 3)
        + " ms meets the objective, at " + format_number(*cost, 3)
        + " times the cost; " + in_words(seen),
      seen);
  return {};
}

std::optional<verdict> sequential_judge::consider(const trial_view& x) const {
  auto seen = measured(x);
  if (auto why = doubted(x, seen))
    return conclude(x, outcome::rolled_back, why->why, seen);
  return keep_if_harmless(x, seen);
}

bool sequential_judge::time_to_look(const trial_view& x) {
  auto elapsed = seconds(x.now - from_);
  auto due = std::any_of(looks.begin(), looks.end(), [&](int at) {
    return looked_at_ < at && elapsed >= at - 1e-6;
  });
  if (due)
    looked_at_ = elapsed;
  return due || x.scheduled;
}

std::optional<verdict> sequential_judge::look(const trial_view& x) {
  auto result = look_by_phase(x);
  if (by_)
    by_->rest();
  return result;
}

std::optional<verdict> sequential_judge::look_by_phase(const trial_view& x) {
  switch (doing_) {
  case phase::idle:
    return {};
  case phase::trying:
    return look_at_new(x);
  case phase::draining:
  case phase::looking_back:
    return look_at_old(x);
  case phase::trying_again:
    return look_again(x);
  }
  return {};
}

std::optional<verdict> sequential_judge::look_at_new(const trial_view& x) {
  if (!x.scheduled && x.now >= from_) {
    auto expected = measurable_ && wire_.queue_is_long()
      ? by_->expected_pending()
      : reading{};
    if (auto why = wire_.tripped(expected))
      return suspect(x, {*why, true, measured(x).p95.value, &effect::p95});
  }
  if (!time_to_look(x))
    return {};
  auto seen = measured(x);
  if (auto why = doubted(x, seen))
    return suspect(x, *why);
  if (!x.scheduled)
    return {};
  if (auto kept = keep_if_harmless(x, seen))
    return kept;
  // What disturbed the host earlier in the trial may be over.
  if (checked_at_ > from_ && measurable_) {
    auto lately =
      compare(yardstick(), by_->between(checked_at_, x.now), tolerated());
    if (lately.harmless(tolerated()))
      return conclude(x, outcome::kept, in_words(lately), lately);
  }
  checked_at_ = x.now;
  if (!x.last)
    return {};
  return conclude(
    x, outcome::inconclusive,
    !measurable_ ? "too little was seen of the old settings to compare with"
      : seen.after == 0 ? "only " + std::to_string(x.after.completed)
        + " requests completed since the change, or at a load never seen "
          "before it"
                        : "harm can't be ruled out: " + in_words(seen),
    seen);
}

} // namespace tuner
