#include "app/commands/commands.hpp"
#include "app/simulation/report.hpp"
#include "app/wiring.hpp"
#include "config/text.hpp"

#include <chrono>
#include <iostream>

namespace tuner {

namespace {

using namespace simulation;

/// As in a file: JSON numbers are exact up to here.
constexpr uint64_t seed_max = 1'000'000'000'000'000;

/// @returns what is wrong with `name`, or nothing.
std::string unknown(
  const char* option, const std::string& name,
  const std::vector<std::string_view>& known) {
  for (auto x : known)
    if (x == name)
      return {};
  return std::string{option} + ": " + text::quoted(name)
    + "; allowed: " + text::instead_of(name, known);
}

/// Puts the options into the scenario. @returns what is wrong with them.
std::string adjust(scenario& what, const simulate_options& options) {
  auto& t = what.tuner;
  if (!options.policy.empty())
    t.policy = options.policy;
  if (!options.judge.empty())
    t.judge = options.judge;
  if (options.seed)
    what.seed = *options.seed;
  if (what.seed > seed_max) // Also what a negative one comes to.
    return "--seed: allowed: a whole number from 0 to "
      + std::to_string(seed_max);
  auto problem = unknown("--policy", t.policy, policy_names());
  return problem.empty() ? unknown("--judge", t.judge, judge_names()) : problem;
}

int print_run(const scenario& what, const simulate_options& options) {
  report shown;
  shown.what = what;
  shown.decisions = options.decisions;
  shown.explained = options.explained;
  shown.workers_per_gib = what.slo.memory_workers_per_gib;
  recorded_trace trace;
  if (what.arrivals.kind == "trace")
    trace = read_trace(what.arrivals);
  auto begin = std::chrono::steady_clock::now();
  shown.tuned = simulate(what, trace, options.log);
  shown.wall_seconds = seconds(std::chrono::steady_clock::now() - begin);
  if (options.oracle)
    shown.oracle = find_oracle(what, trace, what.seed, shown.workers_per_gib);
  for (const auto& line : shown.tuned.log)
    std::cerr << line << '\n';
  for (const auto& line : shown.tuned.refused)
    std::cerr << "auto_tuner: " << line << '\n';
  std::cout << (options.json ? to_json(shown) + '\n' : to_text(shown));
  return exit_code::done;
}

} // namespace

int simulate_command(const simulate_options& options) {
  auto loaded = load_scenario(options.file);
  for (const auto& x : loaded.errors)
    std::cerr << "auto_tuner: " << to_string(x) << '\n';
  if (!loaded.errors.empty())
    return exit_code::wrong;
  if (auto why = adjust(loaded.value, options); !why.empty()) {
    std::cerr << "auto_tuner: " << why << '\n';
    return exit_code::wrong;
  }
  return print_run(loaded.value, options);
}

} // namespace tuner
