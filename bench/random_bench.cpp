#include "bench/bench.hpp"
#include "bench/commands.hpp"
#include "bench/random_scenario.hpp"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace tuner {

namespace {

const std::vector<start_point> starts{{32, 50}, {1, 0}, {128, 200}};

// Measured cost and violations differ a little where nothing really does: the
// slack of the oracle's rule.
constexpr double violations_slack = 0.005;
constexpr double violations_free = 0.01;
constexpr double cost_slack = 1.01;

constexpr double cost_over_oracle_max = 1.10;
constexpr double excess_max = 0.05;

/// One scenario from one start: tuned, and left alone.
struct comparison {
  simulation::scenario what; ///< As it was run.
  graded_run tuned;
  graded_run alone;

  bool dear() const { return tuned.cost_over_best() > cost_over_oracle_max; }
  bool violates() const { return tuned.excess_violations() > excess_max; }

  /// By violations first, cost second.
  bool worse() const {
    auto mine = tuned.violation_ratio();
    auto its = alone.violation_ratio();
    auto more = [](double x, double than) {
      return x > std::max(violations_free, than + violations_slack);
    };
    if (more(mine, its) || more(its, mine))
      return mine > its;
    return tuned.tuned.cost() > cost_slack * alone.tuned.cost();
  }

  bool failed() const { return dear() || violates() || worse(); }
};

std::vector<comparison> compare(
  const simulation::scenario& what, const priced_run& oracle,
  const std::string& policy) {
  std::vector<planned_run> plan;
  for (const auto& start : starts)
    for (const auto& name : {policy, std::string{"hold"}}) {
      plan.push_back({started_at(what, start), {}});
      plan.back().what.tuner.policy = name;
    }
  auto runs = run_all(plan, std::vector(plan.size(), oracle));
  std::vector<comparison> result;
  for (size_t i = 0; i < runs.size(); i += 2)
    result.push_back({plan[i].what, runs[i], runs[i + 1]});
  return result;
}

std::string start_of(const comparison& x) {
  return to_string(
    start_point{x.what.initial.batch_size, x.what.initial.batch_timeout_ms});
}

void print(const comparison& x) {
  auto percent = [](const graded_run& run) {
    return 100 * run.violation_ratio();
  };
  std::printf(
    "| %s | %s | %.3f | %.3f | %.3f | %.2f | %.2f | %.2f | %.0f | %s%s%s|\n",
    x.what.name.c_str(), start_of(x).c_str(), x.tuned.cost_over_best(),
    x.tuned.settled_cost_over_best(), x.alone.cost_over_best(),
    percent(x.tuned), percent(x.alone),
    100 * x.tuned.best.figures.settled_violation_ratio, x.tuned.changes,
    x.dear() ? "cost " : "", x.violates() ? "violations " : "",
    x.worse() ? "worse than start " : "");
  std::fflush(stdout);
}

void dump(const comparison& x, const std::string& folder) {
  auto start = start_of(x);
  start[start.find('/')] = '_';
  std::filesystem::create_directories(folder);
  auto path =
    std::filesystem::path{folder} / (x.what.name + "_from_" + start + ".json");
  std::ofstream out{path};
  out << to_json(x.what) << '\n';
  if (!out.flush())
    throw std::runtime_error{"can't write " + path.string()};
}

/// @returns what share of `xs` `is` true of, in percent.
template <class Is>
double percent_of(const std::vector<comparison>& xs, Is is) {
  auto count = std::count_if(xs.begin(), xs.end(), is);
  return xs.empty()
    ? 0
    : 100 * static_cast<double>(count) / static_cast<double>(xs.size());
}

void print_shares(const std::string& start, const std::vector<comparison>& xs) {
  std::printf(
    "  from %-8s %6.1f %% of %zu; from the second minute on %.1f %%\n",
    start.c_str(), percent_of(xs, [](const auto& x) { return !x.dear(); }),
    xs.size(), percent_of(xs, [](const auto& x) {
      return x.tuned.settled_cost_over_best() <= cost_over_oracle_max;
    }));
}

void sum_up(const std::vector<comparison>& all) {
  std::printf("\nwithin %.2f of the oracle's cost:\n", cost_over_oracle_max);
  for (const auto& start : starts) {
    std::vector<comparison> some;
    for (const auto& x : all)
      if (start_of(x) == to_string(start))
        some.push_back(x);
    print_shares(to_string(start), some);
  }
  print_shares("any", all);
  std::vector<double> excess{0};
  std::vector<double> cost;
  std::vector<double> settled;
  for (const auto& x : all) {
    excess.push_back(100 * x.tuned.excess_violations());
    cost.push_back(x.tuned.cost_over_best());
    settled.push_back(x.tuned.settled_cost_over_best());
  }
  std::printf(
    "cost ÷ oracle: median %.3f, worst %.3f; from the second minute on: median "
    "%.3f, worst %.3f\n",
    median(cost), quantile(cost, 1), median(settled), quantile(settled, 1));
  std::printf(
    "violations above the oracle's: at most %.2f points; over %.0f: %.1f %%\n",
    quantile(excess, 1), 100 * excess_max,
    percent_of(all, [](const auto& x) { return x.violates(); }));
  std::printf(
    "worse than leaving the start alone: %.1f %%\n",
    percent_of(all, [](const auto& x) { return x.worse(); }));
}

void print_failed(const std::vector<comparison>& all) {
  for (const auto& x : all)
    if (x.failed())
      std::cout << to_json(x.what) << '\n';
}

} // namespace

void bench_random(const random_options& options) {
  std::printf(
    "| scenario | start | cost ÷ oracle | settled | start's | violations %% | "
    "start's | oracle's | changes | failed |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
  std::vector<comparison> all;
  uint64_t done = 0;
  for (uint64_t i = 0; done < options.count; ++i) {
    auto what = draw_scenario(options.seed, i);
    auto oracle = run_oracle(what, {});
    if (oracle.figures.settled_violation_ratio > violations_free)
      continue;
    ++done;
    for (auto& x : compare(what, oracle, options.policy)) {
      print(x);
      if (!options.dump.empty())
        dump(x, options.dump);
      all.push_back(std::move(x));
    }
  }
  sum_up(all);
  std::printf("\nfailed:\n");
  std::fflush(stdout);
  print_failed(all);
}

} // namespace tuner
