#include "actors/analyzer/registry.hpp"
#include "bench/commands.hpp"
#include "bench/real_table.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <utility>

namespace tuner {

namespace {

using namespace std::chrono_literals;
using example::host_settings;

/// How long everything is watched.
struct effort {
  duration warm_up = 250ms;
  int calibration_rounds = 3;
  duration calibration = 1s; ///< Of each batch size, a round.
  int sweep_rounds = 3;
  duration sweep = 750ms; ///< Of each setting, a round.
  int final_rounds = 40;
  duration finals = 750ms; ///< Of each setting, a round.
  duration learn =
    100s; ///< For `twin`, which checks itself 15 s after a change.
  duration converge = 34s; ///< For the others.
  duration tuned = 8s;
  int pace_rounds = 10; ///< As long as those of the sweep.
};

constexpr effort quick_effort{150ms, 1,   400ms, 1,  450ms, 1,
                              450ms, 30s, 7s,    1s, 3};

/// What the same settings may cost at one time and at another for a run to
/// count. Looks of ten windows differ by more in 2 of 100 runs by chance, of
/// five in 15.
constexpr double pace_limit = 1.25;
/// The same, of two watched in turn.
constexpr double control_limit = 1.05;

/// Watches all of `runs` in turn, so that a busy minute is as bad for each.
void watch_in_turn(
  std::vector<real_run>& runs, const real_load& load, const effort& how,
  int rounds, duration length) {
  for (int i = 0; i < rounds; ++i)
    for (auto& x : runs) {
      real_host host{load, x.at, ""};
      host.warm_up(how.warm_up);
      auto seen = host.measure(length);
      x.windows.insert(x.windows.end(), seen.begin(), seen.end());
    }
}

/// @returns hosts at ease whose batches are full, of 1, 8 and 64: how long each
/// takes says what the host could serve. (To saturate it would take a load
/// generator so busy that it slows the worker down.)
std::vector<real_run> calibrate(const effort& how) {
  std::vector<real_run> result;
  for (double batch : {1, 8, 64}) {
    std::vector<real_run> one{{"full", {batch, 500, 1}, {}, 0, 0}};
    auto rate = batch > 1 ? 1000.0 : 200.0;
    watch_in_turn(
      one, {rate, 1000}, how, how.calibration_rounds, how.calibration);
    result.push_back(one.front());
  }
  return result;
}

double capacity_rps(const real_run& calibrated) {
  return 1000 * calibrated.at.batch_size / calibrated.figures().batch_ms;
}

/// Two thirds of what batches of one can serve, and time for eight batches of
/// eight.
real_load load_for(const std::vector<real_run>& calibrated) {
  return {
    0.65 * capacity_rps(calibrated[0]),
    std::max(5.0, 8 * calibrated[1].figures().batch_ms)};
}

std::vector<real_run>
sweep(const real_load& load, const effort& how, bool few) {
  std::vector<real_run> result{
    {"static", {1, 0, 1}, {}, 0, 0}, {"static", {32, 50, 1}, {}, 0, 0}};
  for (double batch : {4, 8, 16, 32})
    for (double part : {0.2, 0.4, 0.6, 0.8})
      if (!few || (part > 0.2 && (batch > 4 || part < 0.6)))
        result.push_back({"static", {batch, part * load.slo_ms, 1}, {}, 0, 0});
  watch_in_turn(result, load, how, how.sweep_rounds, how.sweep);
  return result;
}

/// Puts what meets the objective first, by cost; the rest after it, by p95.
void rank(std::vector<real_run>& runs, double slo_ms) {
  std::sort(runs.begin(), runs.end(), [&](const auto& a, const auto& b) {
    auto [x, y] = std::pair{a.figures(), b.figures()};
    auto meets = x.p95_ms <= slo_ms;
    if (meets != (y.p95_ms <= slo_ms))
      return meets;
    return meets ? x.busy_ratio < y.busy_ratio : x.p95_ms < y.p95_ms;
  });
}

/// Watches one static setting between the parts of a run: its cost says whether
/// the machine computes as fast as before. No policy has a say in it.
class machine_pace {
public:
  machine_pace(
    const host_settings& at, const real_load& load, const effort& how)
    : at_(at), load_(load), how_(how) {}

  void look() {
    std::vector<real_run> one{{"static", at_, {}, 0, 0}};
    watch_in_turn(one, load_, how_, how_.pace_rounds, how_.sweep);
    costs_.push_back(one.front().figures().busy_ratio);
  }

  const std::vector<double>& costs() const { return costs_; }

  /// @returns the highest cost seen ÷ the lowest.
  double spread() const {
    auto [least, most] = std::minmax_element(costs_.begin(), costs_.end());
    return *most / *least;
  }

private:
  host_settings at_;
  real_load load_;
  effort how_;
  std::vector<double> costs_;
};

std::vector<real_run>
tune(const real_load& load, const effort& how, machine_pace& pace) {
  auto known = policy_names();
  std::vector<real_run> result;
  for (std::string name : {"twin", "threshold", "aimd"}) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      continue;
    real_host host{load, {32, 50, 1}, name};
    host.warm_up(name == "twin" ? how.learn : how.converge);
    auto windows = host.measure(how.tuned);
    result.push_back(
      {name, host.settings(), windows, host.writes(),
       host.last_write_seconds()});
    pace.look();
  }
  return result;
}

/// The settings of all in the end, watched in turn.
struct final_runs {
  std::vector<real_run> runs; ///< Static ones, best first, then the policies'.
  double control = 1; ///< Dearer ÷ cheaper look at the same static settings.
};

/// Watches the first three static settings again, in turn with those that the
/// policies ended with: the best of many short looks was also the luckiest. The
/// first are watched twice.
final_runs finals(
  const std::vector<real_run>& ranked, const std::vector<real_run>& tuned,
  const real_load& load, const effort& how) {
  std::vector<real_run> all{ranked.begin(), ranked.begin() + 3};
  all.insert(all.end(), tuned.begin(), tuned.end());
  all.push_back(ranked.front());
  for (auto& x : all)
    x.windows.clear();
  watch_in_turn(all, load, how, how.final_rounds, how.finals);
  auto twice = std::minmax(
    all.front().figures().busy_ratio, all.back().figures().busy_ratio);
  std::vector<real_run> result{all.begin(), all.begin() + 3};
  rank(result, load.slo_ms);
  result.insert(result.end(), all.begin() + 3, all.end() - 1);
  return {result, twice.second / twice.first};
}

bool counts(const machine_pace& pace, const final_runs& last) {
  return pace.spread() <= pace_limit && last.control <= control_limit;
}

void print(const machine_pace& pace, const final_runs& last) {
  std::printf("\nthe best of the static settings cost, from part to part:");
  for (double x : pace.costs())
    std::printf(" %.3f", x);
  std::printf(
    " (highest ÷ lowest %.3f); watched twice in turn, one time %.3f of the "
    "other\n",
    pace.spread(), last.control);
  if (!counts(pace, last))
    std::printf(
      "This run says nothing: the same settings cost over %.2f times as much "
      "from part to part, or over %.2f times in turn. Run it again, with "
      "nothing else running.\n",
      pace_limit, control_limit);
}

} // namespace

void bench_real(bool quick, bool json) {
  auto how = quick ? quick_effort : effort{};
  auto calibrated = calibrate(how);
  auto load = load_for(calibrated);
  auto swept = sweep(load, how, quick);
  rank(swept, load.slo_ms);
  machine_pace pace{swept.front().at, load, how};
  pace.look();
  auto tuned = tune(load, how, pace);
  auto last = finals(swept, tuned, load, how);
  pace.look();
  // Of the same minutes: between the two the machine may have changed.
  auto cost = swept.front().figures().busy_ratio;
  auto last_cost = last.runs.front().figures().busy_ratio;
  if (json) {
    boost::json::object all{
      {"rate_rps", load.rate_rps},
      {"slo_ms", load.slo_ms},
      {"calibrated", to_json(calibrated, cost)},
      {"static", to_json(swept, cost)},
      {"tuned", to_json(tuned, cost)},
      {"in_turn", to_json(last.runs, last_cost)},
      {"pace", boost::json::array(pace.costs().begin(), pace.costs().end())},
      {"control", last.control},
      {"counts", counts(pace, last)}};
    std::cout << boost::json::serialize(all) << '\n';
    return;
  }
  std::printf(
    "%.0f requests/s, SLO p95 %.2f ms, one worker\n", load.rate_rps,
    load.slo_ms);
  for (const auto& x : calibrated)
    std::printf(
      "full batches of %.0f: %.2f ms, %.0f requests/s at most\n",
      x.at.batch_size, x.figures().batch_ms, capacity_rps(x));
  print("static settings, best first", swept, cost);
  print("tuned from 32/50, once converged", tuned, cost);
  print("the settings of each in the end, in turn", last.runs, last_cost);
  print(pace, last);
}

} // namespace tuner
