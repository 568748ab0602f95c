#include "bench/commands.hpp"
#include "bench/fleet_processes.hpp"
#include "bench/made_up_target.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <iostream>
#include <thread>
#include <vector>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr auto settling = std::chrono::seconds{10};

/// What one number of targets costs.
struct fleet_row {
  int targets = 0;
  int processes = 0;
  double core_ratio = 0;      ///< Of one core, by the node.
  double kib_per_target = 0;  ///< Resident, of the node, beyond an empty one.
  double decision_p99_ms = 0; ///< From the close of the window.
  double decisions = 0;
  double agents_core_ratio = 0; ///< All of them together.
};

double cpu_of(const std::vector<forked_agents>& all) {
  double result = 0;
  for (const auto& x : all)
    result += x.cpu_seconds();
  return result;
}

/// @returns in how many ms a share `q` of the decisions between the two was
/// made, as the bound of a bucket; and how many there were.
std::pair<double, double>
lag_between(const forked_node::lags& before, forked_node::lags now, double q) {
  for (const auto& [bound, count] : before)
    now[bound] -= count;
  auto all = now.empty() ? 0 : now.rbegin()->second;
  for (const auto& [bound, count] : now)
    if (count >= q * all)
      return {1e3 * bound, all};
  return {0, all};
}

config tuning_by(const std::string& policy) {
  config c;
  c.tuner.enabled = true;
  c.tuner.policy = policy;
  c.tuner.slo.p95_latency_ms = made_up_slo_ms;
  return c;
}

fleet_row measure(int targets, const fleet_options& options) {
  forked_node node{tuning_by(options.policy)};
  auto empty_kib = node.resident_kib();
  auto processes = std::min(options.processes, targets);
  std::vector<forked_agents> agents;
  for (int i = 0; i < processes; ++i) {
    auto first = targets * i / processes;
    agents.emplace_back(
      node.port(), first, targets * (i + 1) / processes - first);
  }
  std::this_thread::sleep_for(settling);
  auto node_before = node.cpu_seconds();
  auto agents_before = cpu_of(agents);
  auto lags_before = node.decision_lags();
  std::this_thread::sleep_for(std::chrono::seconds{options.seconds});
  fleet_row x;
  x.targets = targets;
  x.processes = processes;
  x.core_ratio = (node.cpu_seconds() - node_before) / options.seconds;
  x.agents_core_ratio = (cpu_of(agents) - agents_before) / options.seconds;
  x.kib_per_target = (node.resident_kib() - empty_kib) / targets;
  std::tie(x.decision_p99_ms, x.decisions) =
    lag_between(lags_before, node.decision_lags(), 0.99);
  return x;
}

} // namespace

void bench_fleet(const fleet_options& options) {
  json::array all;
  if (!options.json)
    std::printf(
      "targets processes  node core  KiB/target  decision p99  decisions  "
      "agents core\n");
  for (auto targets : options.targets) {
    auto x = measure(targets, options);
    if (options.json)
      all.push_back(json::object{
        {"targets", x.targets},
        {"processes", x.processes},
        {"node_core_ratio", x.core_ratio},
        {"node_kib_per_target", x.kib_per_target},
        {"decision_p99_ms", x.decision_p99_ms},
        {"decisions", x.decisions},
        {"agents_core_ratio", x.agents_core_ratio}});
    else
      std::printf(
        "%7d %9d %9.1f%% %11.0f %10.4g ms %10.0f %11.1f%%\n", x.targets,
        x.processes, 100 * x.core_ratio, x.kib_per_target, x.decision_p99_ms,
        x.decisions, 100 * x.agents_core_ratio);
    std::fflush(stdout);
  }
  if (options.json)
    std::cout << json::serialize(all) << '\n';
}

} // namespace tuner
