#include "actors/analyzer/twin/planner.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::twin {

namespace {

constexpr size_t coarse_requests = 500;
constexpr size_t fine_requests = 2000;
constexpr size_t final_requests = 5000;
constexpr size_t finalists = 6;
constexpr size_t tried_closely = 16;
constexpr double no_limit = std::numeric_limits<double>::infinity();
constexpr double utilisation_max = 0.92;
constexpr double window_seconds = 10; ///< That the objective is held to.

/// Shares of the objective that may be used up.
constexpr double share_now = 0.97;
constexpr double share_peak = 0.975;
constexpr double share_low = 0.98;

bool same(const batching& a, const batching& b) {
  return a.size == b.size
    && std::abs(a.timeout_seconds - b.timeout_seconds) < 1e-9;
}

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

double planner::span_seconds() const {
  if (std::isfinite(here_.slo_ms))
    return 1e-3 * here_.slo_ms;
  // Waiting longer than a few batches take never makes anything faster.
  return 4 * service_.seconds.back();
}

bool planner::allowed(const batching& x) const {
  const auto& b = here_.bounds;
  return x.size >= b.size_min && x.size <= b.size_max
    && x.size <= service_.largest()
    && x.timeout_seconds >= b.timeout_min_seconds
    && x.timeout_seconds <= b.timeout_max_seconds
    && (!b.size_fixed || x.size == here_.current.size)
    && (!b.timeout_fixed || x.timeout_seconds == here_.current.timeout_seconds);
}

std::vector<batching> planner::grid() const {
  constexpr int sizes = 13;
  constexpr double shares[] = {0,    0.01, 0.03, 0.06, 0.1,  0.15, 0.2,  0.27,
                               0.34, 0.42, 0.5,  0.58, 0.66, 0.74, 0.82, 0.9};
  std::vector<batching> result;
  auto largest =
    std::min(service_.largest(), std::max<size_t>(here_.bounds.size_max, 1));
  std::vector<double> timeouts;
  for (auto share : shares)
    timeouts.push_back(share * span_seconds());
  if (here_.bounds.timeout_fixed)
    timeouts = {here_.current.timeout_seconds};
  size_t before = 0;
  for (int i = 0; i <= sizes; ++i) {
    auto size = static_cast<size_t>(
      std::round(std::pow(static_cast<double>(largest), i / double{sizes})));
    if (here_.bounds.size_fixed)
      size = here_.current.size;
    if (size == std::exchange(before, size))
      continue;
    for (auto timeout : timeouts)
      if (batching x{size, timeout}; allowed(x))
        result.push_back(x);
  }
  return result;
}

std::vector<batching> planner::around(const batching& x, double width) const {
  std::vector<batching> result;
  auto n = static_cast<double>(x.size);
  auto step = std::max(1.0, std::round(n * width));
  for (double a : {-1.0, 0.0, 1.0, 2.0})
    for (double b : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
      auto timeout = x.timeout_seconds
        + (here_.bounds.timeout_fixed ? 0 : b) * width / 3 * span_seconds();
      auto size = here_.bounds.size_fixed ? n : std::max(1.0, n + a * step);
      batching y{
        static_cast<size_t>(size),
        std::max(timeout, here_.bounds.timeout_min_seconds)};
      if (allowed(y) && !same(x, y))
        result.push_back(y);
    }
  return result;
}

expectation planner::expect(const batching& how, double rate, size_t requests) {
  auto key = std::pair{rate, requests};
  auto i = std::find_if(loads_.begin(), loads_.end(), [&](const auto& x) {
    return x.first == key;
  });
  if (i == loads_.end()) {
    trial_load load{
      arrivals_.synthesise(rate, requests), requests / 10, &luck_};
    i = loads_.insert(loads_.end(), {key, std::move(load)});
  }
  return simulation_.run(i->second, how);
}

double planner::pessimistic_ms(
  const expectation& x, double rate, size_t requests) const {
  // The p95 of a window longer than a fifth of the load scatters less.
  auto part = static_cast<double>(requests) / 5;
  auto window = std::max(rate * window_seconds, 20.0);
  auto scatter = std::min(1.0, std::sqrt(part / window));
  return std::exp(here_.bias) * x.p95_ms + scatter * x.p95_sd_ms;
}

weighed planner::glance(const batching& how) {
  auto seen = expect(how, here_.rates.forecast, coarse_requests);
  weighed result;
  result.how = how;
  result.p95_ms = std::exp(here_.bias) * seen.p95_ms;
  result.cost = seen.busy_workers;
  if (std::isfinite(here_.slo_ms))
    result.strain = result.worst = result.miss =
      result.p95_ms / (share_now * here_.slo_ms);
  return result;
}

weighed planner::weigh(const batching& how, size_t requests, double worth) {
  const auto& rates = here_.rates;
  auto now = expect(how, rates.forecast, requests);
  weighed result;
  result.how = how;
  result.p95_ms = std::exp(here_.bias) * now.p95_ms;
  result.cost = now.busy_workers;
  auto has_slo = std::isfinite(here_.slo_ms);
  auto strain = [&](const expectation& x, double rate, double share) {
    return pessimistic_ms(x, rate, requests) / (share * here_.slo_ms);
  };
  if (has_slo) {
    result.miss = strain(now, rates.forecast, share_now - here_.model_error);
    result.worst = result.miss;
    result.strain = std::max(result.miss, load_of(now) / utilisation_max);
    if (result.miss > 1.5 || 0.5 * result.cost > worth)
      return result; // The rest would not make it better.
  }
  auto varies = rates.peak - rates.low > 0.04 * rates.forecast;
  auto low = varies ? expect(how, rates.low, requests) : now;
  auto peak = varies ? expect(how, rates.peak, requests) : now;
  if (varies) {
    auto at_peak =
      std::clamp((rates.mean - rates.low) / (rates.peak - rates.low), 0.0, 1.0);
    result.cost = 0.5 * now.busy_workers
      + 0.5 * (at_peak * peak.busy_workers + (1 - at_peak) * low.busy_workers);
  }
  if (has_slo) {
    result.worst = std::max(
      {result.miss, strain(low, rates.low, share_low),
       strain(peak, rates.peak, share_peak)});
    result.strain =
      std::max({result.strain, result.worst, load_of(peak) / utilisation_max});
  }
  return result;
}

double planner::load_of(const expectation& x) const {
  return x.busy_workers / static_cast<double>(here_.workers);
}

void planner::sort(std::vector<weighed>& x) const {
  if (!std::isfinite(here_.slo_ms)) {
    auto least = std::numeric_limits<double>::infinity();
    for (const auto& c : x)
      least = std::min(least, c.p95_ms);
    std::stable_sort(x.begin(), x.end(), [&](const auto& a, const auto& b) {
      auto near_a = a.p95_ms <= 1.02 * least;
      auto near_b = b.p95_ms <= 1.02 * least;
      if (near_a != near_b)
        return near_a;
      return near_a ? a.cost < b.cost : a.p95_ms < b.p95_ms;
    });
    return;
  }
  std::stable_sort(x.begin(), x.end(), [](const auto& a, const auto& b) {
    if (a.feasible() != b.feasible())
      return a.feasible();
    return a.feasible() ? a.cost < b.cost : a.worst < b.worst;
  });
}

/// @returns the best ones of the grid, looked at closely.
std::vector<weighed> planner::shortlist() {
  std::vector<weighed> glanced;
  for (const auto& x : grid())
    glanced.push_back(glance(x));
  sort(glanced);
  std::vector<weighed> result;
  size_t feasible = 0;
  for (const auto& x : glanced) {
    if (feasible == finalists || result.size() == tried_closely)
      break;
    result.push_back(weigh(x.how, fine_requests, no_limit));
    feasible += result.back().feasible();
  }
  return result;
}

plan planner::make() {
  plan result;
  result.current = weigh(here_.current, fine_requests, no_limit);
  auto& ranked = result.ranked;
  ranked = shortlist();
  ranked.push_back(result.current);
  sort(ranked);
  for (double width : {0.2, 0.07}) {
    auto best = ranked.front();
    auto worth = best.feasible() ? best.cost : no_limit;
    for (const auto& x : around(best.how, width))
      ranked.push_back(weigh(x, fine_requests, worth));
    sort(ranked);
  }
  ranked.resize(std::min(finalists, ranked.size()));
  return result;
}

void planner::confirm(plan& x) {
  x.current = confirmed(x.current.how);
  x.ranked.front() = confirmed(x.best().how);
}

weighed planner::confirmed(const batching& x) {
  return weigh(x, final_requests, no_limit);
}

weighed planner::drain() {
  trial_load load;
  load.luck = &luck_;
  for (auto age : here_.backlog)
    load.arrivals.push_back(-age);
  auto more = arrivals_.synthesise(here_.rates.forecast, coarse_requests);
  load.arrivals.insert(load.arrivals.end(), more.begin(), more.end());
  std::vector<weighed> tried;
  auto least = std::numeric_limits<double>::infinity();
  for (const auto& x : grid()) {
    auto seen = simulation_.run(load, x);
    weighed here;
    here.how = x;
    here.p95_ms = seen.p95_ms;
    here.cost = seen.busy_workers;
    here.miss = seen.mean_ms;
    tried.push_back(here);
    least = std::min(least, here.miss);
  }
  // Nearly as fast and cheaper is better: it may have to last for a while.
  weighed best;
  best.cost = std::numeric_limits<double>::infinity();
  for (const auto& x : tried)
    if (x.miss <= 1.02 * least && x.cost < best.cost)
      best = x;
  return best;
}

} // namespace tuner::twin
