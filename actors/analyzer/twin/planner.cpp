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
constexpr double utilisation_max = 0.92;
constexpr double fullness_max = 0.88; ///< Of what full batches can serve.
constexpr double scatter_max = 1.5;
/// Peaks closer to each other count as one.
constexpr double peak_step = 0.95;
constexpr int peaks_tried = 3;
constexpr double window_seconds = 10; ///< That the objective is held to.

/// Shares of the objective that may be used up.
constexpr double share_now = 0.97;
constexpr double share_peak = 0.975;
constexpr double share_low = 0.98;

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

double planner::pessimistic_ms(
  const expectation& x, double rate, size_t requests) const {
  // The p95 of a window longer than a fifth of the load scatters less, that of
  // a shorter one more.
  auto part = static_cast<double>(requests) / 5;
  auto window = std::max(rate * window_seconds, 20.0);
  auto scatter = std::min(scatter_max, std::sqrt(part / window));
  return std::exp(here_.bias) * x.p95_ms + scatter * x.p95_sd_ms;
}

weighed planner::glance(const batching& how) {
  auto seen = expect(how, here_.rates.forecast, glanced_requests);
  auto result = candidate(how);
  result.p95_ms = result.usual_p95_ms = std::exp(here_.bias) * seen.p95_ms;
  result.cost = seen.busy_workers;
  if (std::isfinite(here_.slo_ms))
    result.strain = result.worst = result.miss =
      result.p95_ms / (share_now * here_.slo_ms);
  return result;
}

/// @returns the rate over what full batches can serve, less some room. Busy
/// workers don't tell: where batches start as soon as a worker is free all are
/// always busy, and the batches grow with the rate until they are full.
double planner::fullness(const batching& how, double rate) const {
  auto size = std::min(how.size, service_.largest());
  auto others = static_cast<double>(here_.workers - 1);
  auto took = service_.seconds[size] * (1 + service_.contention * others);
  auto served = static_cast<double>(size * here_.workers) / took;
  return rate / served / fullness_max;
}

/// Where batches are nearly full, queues build up and last for longer than the
/// seconds that are simulated: what these show is too good then.
double planner::strain(
  const batching& how, const expectation& x, double rate, size_t requests,
  double share) const {
  return std::max(1.0, fullness(how, rate)) * pessimistic_ms(x, rate, requests)
    / (share * here_.slo_ms);
}

/// What is certain after a look at the forecast rate.
weighed planner::at_forecast(
  const batching& how, const expectation& now, size_t requests) const {
  auto result = candidate(how);
  result.p95_ms = result.usual_p95_ms = std::exp(here_.bias) * now.p95_ms;
  result.busy_now = result.cost = now.busy_workers;
  if (std::isfinite(here_.slo_ms)) {
    result.miss = result.worst = strain(
      how, now, here_.rates.forecast, requests, share_now - here_.model_error);
    result.strain = std::max(result.miss, load_of(now) / utilisation_max);
  }
  return result;
}

weighed planner::weigh(const batching& how, size_t requests) {
  auto now = expect(how, here_.rates.forecast, requests);
  return at_all_rates(at_forecast(how, now, requests), now, requests, false);
}

/// Weighs a candidate unless it can't win against `best`: then the other two
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

/// @param raced stop as soon as it is seen to miss.
weighed planner::at_all_rates(
  weighed x, const expectation& now, size_t requests, bool raced) {
  const auto& rates = here_.rates;
  if (!(rates.peak - rates.low > 0.04 * rates.forecast))
    return x;
  auto has_slo = std::isfinite(here_.slo_ms);
  auto low = expect(x.how, rates.low, requests);
  if (has_slo) {
    x.worst =
      std::max(x.worst, strain(x.how, low, rates.low, requests, share_low));
    x.strain = std::max(x.strain, x.worst);
    if (raced && !x.feasible())
      return x;
  }
  auto peak = expect(x.how, rates.peak, requests);
  if (has_slo) {
    x.worst =
      std::max(x.worst, strain(x.how, peak, rates.peak, requests, share_peak));
    x.strain = std::max({x.strain, x.worst, load_of(peak) / utilisation_max});
  }
  auto part =
    std::clamp((rates.mean - rates.low) / (rates.peak - rates.low), 0.0, 1.0);
  auto lately = [&](double at_low, double at_peak) {
    return (1 - part) * at_low + part * at_peak;
  };
  auto log_of = [](double ms) { return std::log(std::max(ms, 1e-9)); };
  x.cost =
    0.5 * now.busy_workers + 0.5 * lately(low.busy_workers, peak.busy_workers);
  auto p95 = here_.bias + lately(log_of(low.p95_ms), log_of(peak.p95_ms));
  x.usual_p95_ms = std::sqrt(x.p95_ms * std::exp(p95));
  return x;
}

double planner::load_of(const expectation& x) const {
  return x.busy_workers / static_cast<double>(here_.workers);
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
