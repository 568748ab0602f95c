#include "actors/analyzer/twin/planner.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::twin {

namespace {

constexpr size_t fine_requests = 2000;
constexpr size_t final_requests = 5000;
constexpr size_t finalists = 6;
constexpr size_t tried_closely = 16;
/// Costing more than the best by this, at the forecast, a candidate won't win.
constexpr double hopelessly_dear = 1.03;
/// Missing the objective by this at the forecast, it isn't looked at further.
constexpr double hopeless_miss = 1.5;
/// Peaks closer to each other count as one.
constexpr double peak_step = 0.95;
constexpr int peaks_tried = 3;

} // namespace

planner::planner(
  const service_table& service, const traffic& arrivals, situation here,
  const std::vector<double>& normal)
  : service_(service), arrivals_(arrivals), here_(std::move(here)),
    simulation_(service, here_.workers, here_.quantile) {
  auto& r = here_.rates;
  r.forecast = std::max(r.forecast, 1e-3);
  r.peak = std::max(r.peak, r.forecast);
  r.low = std::clamp(r.low, 1e-3, r.forecast);
  for (auto z : normal)
    luck_.push_back(std::exp(service.spread * z));
}

planner::trial& planner::trial_of(double rate, size_t requests) {
  for (auto& x : trials_)
    if (x.rate == rate && x.requests == requests)
      return x;
  trial_load load{arrivals_.synthesise(rate, requests), requests / 10, &luck_};
  return trials_.emplace_back(trial{rate, requests, std::move(load), {}});
}

/// Serves each load once: where no batch gets full, larger sizes do the same.
expectation planner::expect(const batching& how, double rate, size_t requests) {
  auto& x = trial_of(rate, requests);
  auto alike = [&](const auto& other) {
    const auto& [tried, outcome] = other;
    return tried.timeout_seconds == how.timeout_seconds
      && (tried.size == how.size
          || std::min(tried.size, how.size) > outcome.largest_batch);
  };
  auto found = std::find_if(x.seen.begin(), x.seen.end(), alike);
  if (found != x.seen.end())
    return found->second;
  return x.seen.emplace_back(how, simulation_.run(x.load, how)).second;
}

/// Weighs a candidate unless it can't win against `best`: then the other
/// rates, most of the work, needn't be looked at.
void planner::add_rival(
  std::vector<weighed>& to, const batching& how,
  const std::optional<weighed>& best) {
  auto now = expect(how, here_.rates.forecast, fine_requests);
  auto x = at_forecast(how, now, fine_requests);
  auto raced = std::isfinite(here_.slo_ms) && best && best->feasible();
  if (raced) {
    if (!x.feasible() || x.busy_now > hopelessly_dear * best->busy_now)
      return;
  } else if (x.miss > hopeless_miss) {
    return to.push_back(x);
  }
  x = at_all_rates(x, now, fine_requests, raced);
  if (!raced || x.feasible())
    to.push_back(x);
}

/// @returns the best ones of the grid, looked at closely.
std::vector<weighed> planner::shortlist() {
  std::vector<weighed> glanced;
  for (const auto& x : grid())
    glanced.push_back(glance(x));
  sort(glanced);
  glanced.resize(std::min(tried_closely, glanced.size()));
  std::vector<weighed> result;
  std::optional<weighed> best;
  size_t feasible = 0;
  for (const auto& x : glanced) {
    if (feasible == finalists)
      break;
    auto before = result.size();
    add_rival(result, x.how, best);
    if (result.size() == before || !result.back().feasible())
      continue;
    ++feasible;
    if (!best || result.back().cost < best->cost)
      best = result.back();
  }
  return result;
}

plan planner::search() {
  plan result;
  result.current = weigh(here_.current, fine_requests);
  auto& ranked = result.ranked;
  ranked = shortlist();
  ranked.push_back(result.current);
  sort(ranked);
  shorten(ranked);
  for (double width : {0.2, 0.07}) {
    auto best = ranked.front();
    for (const auto& x : around(best.how, width))
      add_rival(ranked, x, best);
    sort(ranked);
    shorten(ranked);
  }
  ranked.resize(std::min(finalists, ranked.size()));
  return result;
}

/// Settles for the next lower of the recent peaks. @returns whether there was
/// anything to lower.
bool planner::lower_peak() {
  auto& rates = here_.rates;
  if (!(rates.peak > rates.forecast))
    return false;
  auto next = here_.batched_share
    * arrivals_.peak_below(peak_step * rates.peak / here_.batched_share);
  rates.peak = std::max(next, rates.forecast);
  return true;
}

plan planner::make() {
  auto result = search();
  auto serves_now = [](const weighed& x) { return x.miss <= 1; };
  for (int lowered = 0; lowered < peaks_tried && !result.best().feasible()
       && std::any_of(result.ranked.begin(), result.ranked.end(), serves_now)
       && lower_peak();
       ++lowered)
    result = search();
  return result;
}

void planner::confirm(plan& x) {
  x.current = confirmed(x.current.how);
  x.ranked.front() = confirmed(x.best().how);
}

weighed planner::confirmed(const batching& x) {
  return weigh(x, final_requests);
}

} // namespace tuner::twin
