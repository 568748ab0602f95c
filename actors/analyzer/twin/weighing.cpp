#include "actors/analyzer/twin/planner.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::twin {

namespace {

constexpr double utilisation_max = 0.92;
constexpr double fullness_max = 0.88; ///< Of what full batches can serve.
constexpr double scatter_max = 1.5;
constexpr double window_seconds = 10; ///< That the objective is held to.

/// Shares of the objective that may be used up.
constexpr double share_now = 0.97;
constexpr double share_peak = 0.975;
constexpr double share_low = 0.98;
constexpr double share_filling = 0.985;

/// Requests wait longest where batches fill as they time out, or a little
/// sooner: simulated, 24/50 to 29/40 ms do at 0.95 to 1.15 times that rate.
constexpr double longest_wait_at = 1.08;
/// Rates between low and peak are rounded to one of so many, to share loads.
constexpr double rates_between = 8;
/// Rates nearer to each other than this, as a ratio, needn't both be tried.
constexpr double rates_apart = 1.04;

} // namespace

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

/// @returns the requests per second that full batches of this size serve.
double planner::capacity_rps(size_t size) const {
  size = std::min(size, service_.largest());
  auto others = static_cast<double>(here_.workers - 1);
  auto took = service_.seconds[size] * (1 + service_.contention * others);
  return static_cast<double>(size * here_.workers) / took;
}

/// @returns the rate over what full batches can serve, less some room. Busy
/// workers don't tell: where batches start as soon as a worker is free all are
/// always busy, and the batches grow with the rate until they are full.
double planner::fullness(const batching& how, double rate) const {
  return rate / capacity_rps(how.size) / fullness_max;
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

/// Strains a candidate by one rate more.
void planner::put_to(weighed& x, double rate, size_t requests, double share) {
  auto seen = expect(x.how, rate, requests);
  x.worst = std::max(x.worst, strain(x.how, seen, rate, requests, share));
  x.strain = std::max(x.strain, x.worst);
}

/// Where fewer requests come, batches time out before they are full, and where
/// more come they fill sooner: in between p95 may be higher than at the low and
/// at the peak. @returns that rate; 0: it was none of late, or much like one
/// that is tried anyway.
double planner::filling_rate(const batching& how) const {
  const auto& r = here_.rates;
  if (!(how.timeout_seconds > 0))
    return 0;
  auto fills =
    longest_wait_at * static_cast<double>(how.size) / how.timeout_seconds;
  auto range = std::log(r.peak / r.low);
  auto place = std::round(rates_between * std::log(fills / r.low) / range);
  auto rate = r.low * std::exp(place / rates_between * range);
  auto apart = [&](double other) {
    return std::abs(std::log(rate / other)) > std::log(rates_apart);
  };
  auto between = place > 0 && place < rates_between;
  return between && apart(r.low) && apart(r.forecast) && apart(r.peak)
      && arrivals_.stayed_at(rate / here_.batched_share)
    ? rate
    : 0;
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
    auto lost = [&] { return raced && !x.feasible(); };
    put_to(x, rates.low, requests, share_low);
    auto filling = lost() ? 0 : filling_rate(x.how);
    if (filling > 0)
      put_to(x, filling, requests, share_filling);
    if (lost())
      return x;
  }
  auto peak = expect(x.how, rates.peak, requests);
  if (has_slo) {
    put_to(x, rates.peak, requests, share_peak);
    x.strain = std::max(x.strain, load_of(peak) / utilisation_max);
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

} // namespace tuner::twin
