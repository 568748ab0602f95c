#include "actors/analyzer/registry.hpp"
#include "bench/commands.hpp"
#include "bench/policies_table.hpp"
#include "bench/scenario_chart.hpp"
#include "bench/scenario_files.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <iostream>

namespace tuner {

namespace {

using names = std::vector<std::string>;

names every_policy() {
  names result;
  for (auto name : policy_names())
    if (name != "auto")
      result.emplace_back(name);
  return result;
}

/// Puts `usual` where nothing was chosen.
template <class T>
void complete(std::vector<T>& chosen, const std::vector<T>& usual) {
  if (chosen.empty())
    chosen = usual;
}

void complete(policies_options& x) {
  if (x.quick) {
    complete(
      x.scenarios, {"1_steady_light", "3_overload_step", "4_sine", "6_knee"});
    complete(x.policies, {"twin", "threshold", "hold"});
    complete(x.starts, {{32, 50}});
    complete(x.seeds, {1});
  }
  complete(x.scenarios, scenario_names(!x.traces.empty()));
  complete(x.policies, every_policy());
  complete(x.starts, {{32, 50}, {1, 0}, {128, 200}});
  complete(x.seeds, {1, 2, 3, 4, 5});
}

/// @returns a row for each start and policy.
std::vector<table_row>
grade(const planned_run& from, const policies_options& options) {
  std::vector<priced_run> oracles;
  for (auto seed : options.seeds) {
    auto what = from.what;
    what.seed = seed;
    oracles.push_back(run_oracle(what, from.trace));
  }
  std::vector<table_row> rows;
  std::vector<planned_run> plan;
  std::vector<priced_run> best;
  for (const auto& start : options.starts)
    for (const auto& policy : options.policies) {
      rows.push_back({from.what.name, to_string(start), policy, {}});
      for (size_t i = 0; i < options.seeds.size(); ++i) {
        plan.push_back({started_at(from.what, start), from.trace});
        plan.back().what.tuner.policy = policy;
        plan.back().what.seed = options.seeds[i];
        best.push_back(oracles[i]);
      }
    }
  auto runs = run_all(plan, best);
  for (size_t i = 0; i < runs.size(); ++i)
    rows[i / options.seeds.size()].runs.push_back(runs[i]);
  return rows;
}

/// Prints rows as they come, or all of them at the end.
class printer {
public:
  explicit printer(bool json) : json_(json) {
    if (!json_)
      std::cout << markdown_head();
  }

  void print(const std::vector<table_row>& rows) {
    for (const auto& x : rows)
      if (json_)
        all_.push_back(to_json(x));
      else
        std::cout << to_markdown(x) << std::flush;
  }

  void end() const {
    if (json_)
      std::cout << boost::json::serialize(all_) << '\n';
  }

private:
  bool json_;
  boost::json::array all_;
};

void compare(const policies_options& options) {
  std::vector<table_row> with_slo;
  std::vector<table_row> without;
  printer out{options.json};
  for (const auto& name : options.scenarios) {
    auto from = load_named_scenario(name, options.traces);
    auto rows = grade(from, options);
    out.print(rows);
    auto& sum = from.what.slo.p95_latency_ms ? with_slo : without;
    sum.insert(sum.end(), rows.begin(), rows.end());
  }
  out.print(summed_up(with_slo, "all with SLO"));
  out.print(summed_up(without, "all without"));
  out.end();
}

void draw(const planned_run& from, policies_options options) {
  complete(options);
  for (const auto& policy : options.policies) {
    auto run = from;
    run.what = started_at(run.what, options.starts.front());
    run.what.seed = options.seeds.front();
    run.what.tuner.policy = policy;
    std::cout << draw_scenario(run, options.svg) << '\n';
  }
}

/// Draws what was chosen, or else the charts of the README.
void draw_all(policies_options options) {
  if (options.scenarios.empty() && options.policies.empty()) {
    options.policies = {"twin", "threshold"};
    draw(load_named_scenario("3_overload_step"), options);
    options.policies = {"twin"};
    options.scenarios = {"4_sine"};
  }
  complete(options);
  for (const auto& name : options.scenarios)
    draw(load_named_scenario(name, options.traces), options);
}

} // namespace

void bench_policies(policies_options options) {
  if (!options.svg.empty())
    return draw_all(std::move(options));
  complete(options);
  compare(options);
}

} // namespace tuner
