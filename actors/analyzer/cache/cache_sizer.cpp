#include "actors/analyzer/cache/cache_sizer.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double mib = 1024 * 1024;
constexpr double mib_per_gib = 1024;
constexpr double fit_factor = 0.6;

std::string number(double x) {
  return format_number(x, 3);
}

bool can_move(const knob_spec& x) {
  return x.enabled && std::isfinite(x.min) && std::isfinite(x.max)
    && std::isfinite(x.step) && x.min >= 0 && x.min < x.max;
}

/// @returns `value` within bounds and on a step, not above `value` where
/// bounds allow.
double clamp_down(const knob_spec& spec, double value) {
  auto result = clamp(spec, value);
  if (result > value && spec.step > 0 && result - spec.step >= spec.min)
    result -= spec.step;
  return result;
}

bool is_price(double x) {
  return std::isfinite(x) && x >= 0;
}

std::string sizes(double from_mib, double to_mib) {
  return format_number(from_mib) + " -> " + format_number(to_mib) + " MiB";
}

} // namespace

cache_sizer::cache_sizer(cache_sizer_params p)
  : params_(std::move(p)), learner_(params_.learn), climber_(params_.climb) {}

void cache_sizer::watch(const sample& x) {
  auto left = learner_.watch(x);
  if (!left)
    return;
  climber_.moved(*left, learner_.size_mib());
  last_step_mib_ = learner_.size_mib() - left->size_mib;
}

std::string cache_sizer::known() const {
  auto result = learner_.known();
  return result ? to_text(*result) : "";
}

void cache_sizer::take_up(const std::string& known) {
  try {
    learner_.take_up(cache_knowledge_from(known));
  } catch (const std::exception&) {
    return; // Learned anew.
  }
}

std::optional<cache_proposal> cache_sizer::relief(const knob_spec& spec) const {
  auto memory = learner_.memory();
  if (
    !can_move(spec) || !(memory.cache_mib > 0) || !memory.used_ratio
    || !(*memory.used_ratio > params_.pressure_ratio)
    || learner_.settling(params_.relief_time))
    return std::nullopt;
  auto wanted = size_at(memory, params_.relief_ratio);
  if (!wanted)
    return std::nullopt;
  cache_proposal result;
  result.from_mib = memory.cache_mib;
  result.to_mib = clamp_down(spec, *wanted);
  if (!(result.to_mib < result.from_mib))
    return std::nullopt;
  result.urgent = true;
  result.reason = "Memory pressure: " + number(100 * *memory.used_ratio)
    + " % used is above " + number(100 * params_.pressure_ratio) + " %, cache "
    + sizes(result.from_mib, result.to_mib) + " brings it toward "
    + number(100 * params_.relief_ratio) + " %";
  return result;
}

std::string cache_sizer::not_yet(const cache_prices& prices) const {
  if (!(learner_.size_mib() > 0))
    return "The size of the cache in force is not known";
  if (
    !is_price(prices.workers_per_gib) || !is_price(prices.miss_busy_s)
    || prices.miss_busy_s == 0 || !(learner_.accesses_per_s() > 0))
    return "What a cache miss costs is not known";
  if (!refilled(learner_.since_change()))
    return "The cache is refilling";
  if (learner_.evidence().accesses() < params_.climb.accesses_min)
    return "Too few accesses of the cache";
  if (learner_.names_keys() && learner_.curve_is_young())
    return "Too few keys seen for a miss-ratio curve";
  return {};
}

std::optional<cache_proposal>
cache_sizer::propose(const knob_spec& spec, const cache_prices& prices) {
  held_because_.clear();
  if (!can_move(spec)) {
    held_because_ = "The cache size may not be moved";
    return std::nullopt;
  }
  if (auto urgent = relief(spec))
    return urgent;
  learner_.assume_entry(prices.entry_bytes);
  held_because_ = not_yet(prices);
  if (!held_because_.empty())
    return std::nullopt;
  cache_costs costs{
    prices.workers_per_gib / mib_per_gib,
    learner_.accesses_per_s() * prices.miss_busy_s};
  auto result = learner_.names_keys() && learner_.since_change().entry_bytes
    ? by_curve(spec, costs)
    : by_climbing(spec, costs);
  if (!result && held_because_.empty())
    held_because_ = "No better size of the cache in sight";
  return result;
}

size_bounds cache_sizer::bounds(const knob_spec& spec) const {
  auto memory = learner_.memory();
  auto most = size_at(memory, params_.headroom_ratio);
  // Hits that rise while a cache fills are not those of more room. Only the
  // keys could tell that it will be full.
  auto empty = !learner_.names_keys() && memory.used_mib
    && *memory.used_mib < params_.full_ratio * memory.cache_mib;
  if (empty || learner_.entry_is_bound()) // More room is no use.
    most = std::min(most.value_or(spec.max), learner_.size_mib());
  return {
    spec.min, most ? std::clamp(*most, spec.min, spec.max) : spec.max,
    spec.step};
}

std::optional<cache_proposal>
cache_sizer::by_curve(const knob_spec& spec, const cache_costs& costs) {
  auto entries_per_mib = mib / *learner_.since_change().entry_bytes;
  cache_model model{learner_.curve(), entries_per_mib, costs};
  auto now = learner_.size_mib();
  auto to = clamp_down(spec, cheapest_size(model, bounds(spec), now));
  auto turns_back = (to - now) * last_step_mib_ < 0;
  auto gain = model.cost_at(now) - model.cost_at(to);
  auto enough = params_.gain_ratio_min * model.cost_at(now);
  auto is_step = std::abs(to - now) >= params_.step_ratio_min * now;
  if (is_step && gain > 0 && gain >= (turns_back ? 2 : 1) * enough)
    return expected(model, to);
  // Where all keys fit in, an entry may be smaller than thought.
  auto shrunk = clamp_down(spec, now * fit_factor);
  auto saved = costs.memory_workers_per_mib * (now - shrunk);
  if (learner_.entry_is_bound() && saved > 0 && saved >= enough)
    return trial(shrunk, costs);
  held_because_ = "On the miss-ratio curve no other size is "
    + number(100 * params_.gain_ratio_min) + " % cheaper";
  return std::nullopt;
}

cache_proposal
cache_sizer::expected(const cache_model& model, double to_mib) const {
  auto now = learner_.size_mib();
  cache_proposal result{
    now,
    to_mib,
    {},
    model.hit_ratio_at(now),
    model.hit_ratio_at(to_mib),
    model.cost_at(now),
    model.cost_at(to_mib),
    false};
  result.reason = "Miss-ratio curve: cache " + sizes(now, to_mib)
    + " is expected to bring the hit ratio from "
    + number(*result.hit_ratio_now) + " to " + number(*result.hit_ratio_then)
    + ", the cost from " + number(*result.workers_now) + " to "
    + number(*result.workers_then) + " busy workers";
  return result;
}

cache_proposal
cache_sizer::trial(double to_mib, const cache_costs& costs) const {
  auto& seen = learner_.evidence();
  cache_proposal result;
  result.from_mib = seen.size_mib;
  result.to_mib = to_mib;
  result.hit_ratio_now = 1 - seen.miss_ratio();
  result.workers_now = costs.at(seen.size_mib, seen.miss_ratio());
  result.reason = std::string{to_mib > seen.size_mib ? "Growing" : "Shrinking"}
    + " the cache " + sizes(seen.size_mib, to_mib)
    + " as a trial, from a hit ratio of " + number(*result.hit_ratio_now);
  return result;
}

std::optional<cache_proposal>
cache_sizer::by_climbing(const knob_spec& spec, const cache_costs& costs) {
  auto within = bounds(spec);
  auto wanted = climber_.next(learner_.evidence(), costs, within);
  auto to = wanted ? clamp(spec, *wanted) : learner_.size_mib();
  if (to > within.max_mib)
    to = clamp_down(spec, *wanted);
  if (to == learner_.size_mib())
    return std::nullopt;
  return trial(to, costs);
}

} // namespace tuner
