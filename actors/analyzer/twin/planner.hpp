#pragma once

#include "actors/analyzer/twin/traffic.hpp"
#include "actors/model/what_if.hpp"

#include <limits>
#include <optional>

namespace tuner::twin {

using model::batching;
using model::expectation;
using model::service_model;
using model::service_table;
using model::trial_load;
using model::what_if;

/// @returns whether nothing tells these apart.
bool same(const batching& a, const batching& b);

/// How far the settings may go.
struct limits {
  size_t size_min = 1;
  size_t size_max = 128;
  double timeout_min_seconds = 0;
  double timeout_max_seconds = 10;
  bool size_fixed = false;    ///< Stay with the present size.
  bool timeout_fixed = false; ///< Stay with the present timeout.
};

/// What is known when a plan is made.
struct situation {
  rate_outlook rates; ///< Of requests that need a batch.
  batching current;
  size_t workers = 1;
  double batched_share = 1; ///< Of the arrivals; the cache answers the others.
  double slo_ms = std::numeric_limits<double>::infinity();
  /// Of the batched requests, such that it is the p95 of all.
  double quantile = 0.95;
  double bias = 0;        ///< ln(measured p95 ÷ replayed p95), on average.
  double model_error = 0; ///< How far that scatters, as a ratio.
  double waiting = 0;     ///< Requests.
  std::vector<double> backlog; ///< Their ages, of the last 4000, oldest first.
  int size_course = 0;         ///< Up or down, if so moved last at such a load.
  int timeout_course = 0;
  limits bounds;
};

/// A candidate and what is expected of it.
struct weighed {
  batching how;
  double p95_ms = 0; ///< At the forecast.
  double cost = 0;   ///< Busy workers: half at the forecast, half as the rate
                     ///< was lately.
  double usual_p95_ms = 0; ///< A geometric mean of the same halves: what counts
                           ///< without an objective.
  double busy_now = 0;     ///< Busy workers at the forecast.
  double miss = 0;         ///< Over 1: misses the objective at the forecast.
  double worst = 0;        ///< The same, at the recent peak and low too.
  double strain = 0; ///< Over 1: misses it now, at the recent peak or low, or
                     ///< leaves the workers no room.
  double reluctance = 1; ///< Over 1: what is won by going there counts less.
  bool feasible() const { return strain <= 1; }
  double price() const { return reluctance * cost; }
  double delay() const { return reluctance * usual_p95_ms; }
};

/// A choice among settings.
struct plan {
  weighed current;
  std::vector<weighed> ranked; ///< Best first, at most ten; never empty.
  const weighed& best() const { return ranked.front(); }

  /// @returns whether a ranked candidate does the same for less, further away.
  bool dearer(const weighed& x) const;
};

/// Tries candidates on what-if simulations.
///
/// With an objective: the cheapest of those that meet it at the forecast rate,
/// at the recent peak, at the recent low and at the rate between these where
/// requests wait longest, keeping the utilisation at most 0.92; if there is
/// none, but one that meets it now, the same with the next lower peak, as
/// nothing serves the highest; else the one that misses it least at the worst
/// of these rates.
/// Without one: of those with the least p95, within 2 %, the cheapest. Half of
/// that is the p95 at the forecast, half that at the recent peak and low: what
/// is best while many come must not be a nuisance when few do.
///
/// Of candidates that seem the same, luck prefers one or the other. So a
/// candidate counts as dearer, slower, or as missing more, by 2 % if it is an
/// objective or a factor of e from the present settings, less if it is nearer,
/// and by 3 % if it takes a move back that was made at such a load. And of
/// those with a size that is still to be seen, the one with the shortest
/// timeout counts as the best of the same.
///
/// A grid of sizes, knees among them, and timeouts is tried on 500 requests at
/// the forecast, the best of them on 2000 at all of these rates, then what is
/// around the best, twice.
class planner {
public:
  /// @param luck standard normal numbers, at least a few hundred.
  planner(
    const service_table& service, const traffic& arrivals, situation here,
    const std::vector<double>& normal);

  plan make();

  /// Looks at the best and the present settings again, more closely.
  void confirm(plan& x);

  /// @returns what a close look at these settings says.
  weighed confirmed(const batching& x);

  /// @returns the settings that bring the backlog down soonest: of those with
  /// the least mean latency, within 2 %, the cheapest.
  weighed drain();

  /// @returns whether the backlog is gone in a few seconds with these settings,
  /// which then do for what comes, as far as their size is known.
  bool drains_soon(const weighed& x) const;

  /// @returns `x` with the timeout that is cheapest once nobody waits any more,
  /// a safe distance from the objective. Until then batches are full, and the
  /// timeout hardly matters.
  weighed with_lasting_timeout(weighed x);

private:
  static constexpr size_t glanced_requests = 500;

  plan search();
  bool lower_peak();
  std::vector<double> timeouts() const;
  std::vector<size_t> nearest_knees() const;
  std::vector<batching> grid() const;
  std::vector<batching> around(const batching& x, double width) const;
  bool allowed(const batching& x) const;
  std::vector<weighed> shortlist();
  weighed candidate(const batching& how) const;
  bool takes_back(const batching& x) const;
  bool unseen(const batching& x) const;
  bool far_below(const batching& x) const;
  void shorten(std::vector<weighed>& ranked) const;
  weighed glance(const batching& how);
  weighed weigh(const batching& how, size_t requests);
  weighed at_forecast(
    const batching& how, const expectation& now, size_t requests) const;
  weighed
  at_all_rates(weighed x, const expectation& now, size_t requests, bool raced);
  void add_rival(
    std::vector<weighed>& to, const batching& how,
    const std::optional<weighed>& best);
  double strain(
    const batching& how, const expectation& x, double rate, size_t requests,
    double share) const;
  void put_to(weighed& x, double rate, size_t requests, double share);
  double filling_rate(const batching& how) const;
  double capacity_rps(size_t size) const;
  double fullness(const batching& how, double rate) const;
  double load_of(const expectation& x) const;
  expectation expect(const batching& how, double rate, size_t requests);
  double
  pessimistic_ms(const expectation& x, double rate, size_t requests) const;
  void sort(std::vector<weighed>& x) const;
  /// @returns the longest timeout worth a try with batches of this size.
  double span_seconds(size_t size) const;

  /// Requests at one rate, and what came of serving them.
  struct trial {
    double rate = 0;
    size_t requests = 0;
    trial_load load;
    std::vector<std::pair<batching, expectation>> seen;
  };

  trial& trial_of(double rate, size_t requests);

  const service_table& service_;
  const traffic& arrivals_;
  situation here_;
  what_if simulation_;
  std::vector<double> luck_;
  std::vector<trial> trials_;
};

} // namespace tuner::twin
