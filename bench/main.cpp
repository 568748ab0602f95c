#include "bench/bench.hpp"
#include "bench/commands.hpp"
#include "bench/scenario_files.hpp"

#include "actors/analyzer/registry.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <map>

namespace tuner {

namespace {

/// Collects what a command line asks for.
class command_line {
public:
  command_line() {
    app_.add_option("BENCH", names_, "Which ones (default: all of these)")
      ->check(CLI::IsMember(benches_));
    app_.add_flag("--json", json_, "One JSON object instead of a table");
    app_.add_flag(
      "--quick", quick_, "Fewer and shorter pairs of overhead: 3 of 1 s");
    app_.require_subcommand(0, 1);
    app_.footer("Exit codes: 0 done, 1 failed at run time, 2 wrong usage.");
    add_policies();
    add_random();
    add_real();
    add_judges();
    add_fleet();
    add_foreign();
    add_round_trip();
    add_soak();
  }

  int execute(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& x) {
      return app_.exit(x) == 0 ? 0 : 2;
    }
    chosen_();
    return 0;
  }

private:
  void add_policies() {
    auto* x = app_.add_subcommand(
      "policies",
      "Every policy in every scenario, against the best static "
      "settings (simulated)");
    auto& o = policies_;
    x->add_option("--scenarios", o.scenarios, "Names, by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(scenario_names(true)));
    x->add_option(
      "--traces", o.traces,
      "A folder with recorded arrivals: their scenarios too");
    x->add_option("--policies", o.policies, "Names, by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(known_policies()));
    x->add_option_function<std::string>(
      "--seeds",
      [this](const std::string& text) {
        if (!read_seeds(text, policies_.seeds))
          throw CLI::ValidationError{"--seeds", "not like 1-5 or 1,3: " + text};
      },
      "As in 6-10 or 1,3 (default: 1-5)");
    x->add_option_function<std::vector<std::string>>(
       "--starts",
       [this](const std::vector<std::string>& texts) {
         for (const auto& text : texts)
           if (!read_start(text, policies_.starts.emplace_back()))
             throw CLI::ValidationError{"--starts", "not like 32/50: " + text};
       },
       "Batch size/timeout in ms, by commas (default: 32/50,1/0,128/200); "
       "32/50 is the scenario's own")
      ->delimiter(',');
    x->add_option(
      "--svg", o.svg,
      "Only draw charts, into this folder; those of the README if neither "
      "scenarios nor policies are named");
    x->add_flag("--quick", o.quick, "Four scenarios, three policies, one seed");
    x->add_flag("--json", o.json, "One JSON array instead of a table");
    x->callback([this] { chosen_ = [this] { bench_policies(policies_); }; });
  }

  void add_random() {
    auto* x = app_.add_subcommand(
      "random",
      "A policy in random scenarios, against the best static "
      "settings and its start (simulated)");
    x->add_option("--count", random_.count, "Scenarios")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
    x->add_option("--seed", random_.seed, "Of the draw")->capture_default_str();
    x->add_option("--policy", random_.policy, "Which one")
      ->capture_default_str()
      ->check(CLI::IsMember(known_policies()));
    x->add_option(
      "--dump", random_.dump, "A folder to write the scenarios into");
    x->callback([this] { chosen_ = [this] { bench_random(random_); }; });
  }

  void add_real() {
    auto* x = app_.add_subcommand(
      "real",
      "The example host on real compute: static settings and policies "
      "under one load");
    x->add_flag("--quick", quick_, "Shorter: a minute, too short to count");
    x->add_flag("--json", json_, "One JSON object instead of tables");
    x->callback([this] { chosen_ = [this] { bench_real(quick_, json_); }; });
  }

  void add_round_trip() {
    auto* x = app_.add_subcommand(
      "round-trip", "Writing a knob in another process, and reading it back");
    x->add_option(
      "--through", through_,
      "Port of a tunnel that leads to port 9470 (default: none)");
    x->callback([this] { chosen_ = [this] { bench_round_trip(through_); }; });
  }

  void add_soak() {
    auto* x = app_.add_subcommand(
      "soak",
      "An afternoon of a node, on a simulated clock (an hour a minute)");
    x->add_option("--targets", soak_.targets, "How many (default: 50)")
      ->check(CLI::Range(1, 10'000));
    x->add_option("--hours", soak_.hours, "How long (default: 5)")
      ->check(CLI::PositiveNumber);
    x->callback([this] { chosen_ = [this] { bench_soak(soak_); }; });
  }

  void add_fleet() {
    auto* x = app_.add_subcommand(
      "fleet", "A node by number of targets: processor, memory, decisions");
    auto& o = fleet_;
    x->add_option("--targets", o.targets, "Numbers, by commas")
      ->delimiter(',')
      ->check(CLI::Range(1, 4000));
    x->add_option("--processes", o.processes, "That the targets are in")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
    x->add_option("--seconds", o.seconds, "To measure for")
      ->check(CLI::Range(5, 86'400))
      ->capture_default_str();
    x->add_option("--policy", o.policy, "Of the node")
      ->check(CLI::IsMember(known_policies()))
      ->capture_default_str();
    x->add_flag("--json", o.json, "One JSON object instead of a table");
    x->callback([this] { chosen_ = [this] { bench_fleet(fleet_); }; });
  }

  void add_foreign() {
    auto* x = app_.add_subcommand(
      "foreign",
      "A node of hosts that it watches by their metrics: processor, "
      "memory, lateness");
    auto& o = foreign_;
    x->add_option("--targets", o.targets, "How many")
      ->check(CLI::Range(1, 4000))
      ->capture_default_str();
    x->add_option("--seconds", o.seconds, "To measure for")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
    x->add_flag("--json", o.json, "One JSON object instead of a table");
    x->add_flag("--quick", quick_, "20 targets, 5 seconds");
    x->callback([this] {
      chosen_ = [this] {
        if (quick_)
          foreign_ = {20, 5, foreign_.json};
        bench_foreign(foreign_);
      };
    });
  }

  void add_judges() {
    auto* x = app_.add_subcommand(
      "judges", "Every judge on changes with known truth (simulated)");
    auto& o = judges_;
    x->add_option(
       "--judges", o.judges,
       "Names, by commas; the first is held against the bars")
      ->delimiter(',')
      ->check(CLI::IsMember(judge_bench_judges()));
    x->add_option("--traffics", o.traffics, "Names, by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(judge_bench_traffics()));
    x->add_option("--truths", o.truths, "Names, by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(judge_bench_truths()));
    x->add_option(
      "--traces", o.traces, "A folder with recorded arrivals: these too");
    x->add_option(
       "--trials", o.trials,
       "Of each kind where nothing is wrong; a fifth where something is "
       "(default: 1000)")
      ->check(CLI::Range(1, 1'000'000));
    x->add_option("--seed", o.seed, "Of all trials")->capture_default_str();
    x->add_flag("--quick", o.quick, "40 and 20 trials of a kind");
    x->add_flag("--json", o.json, "One JSON object instead of a table");
    x->callback([this] { chosen_ = [this] { bench_judges(judges_); }; });
  }

  static std::vector<std::string> known_policies() {
    auto names = policy_names();
    return {names.begin(), names.end()};
  }

  void run_costs() {
    boost::json::object all;
    if (names_.empty())
      for (const auto& bench : benches_)
        names_.push_back(bench.first);
    for (const auto& name : names_) {
      auto rows = benches_.at(name)();
      if (json_)
        all[name] = as_json(rows);
      else
        print_table(name, rows);
    }
    if (json_)
      std::cout << boost::json::serialize(all) << '\n';
  }

  static void print_table(const std::string& bench, const bench_result& rows) {
    std::printf("%s\n", bench.c_str());
    for (const auto& x : rows)
      std::printf(
        "  %-34s %12.4g %s\n", x.name.c_str(), x.value, x.unit.c_str());
    std::fflush(stdout);
  }

  static boost::json::object as_json(const bench_result& rows) {
    boost::json::object result;
    for (const auto& x : rows)
      result[x.name] = {{"value", x.value}, {"unit", x.unit}};
    return result;
  }

  CLI::App app_{
    "Measures what Auto-Tuner costs: all of the benches named, or what it "
    "gains: a subcommand.",
    "bench/run"};
  bool quick_ = false;
  bool json_ = false;
  std::vector<std::string> names_;
  policies_options policies_;
  random_options random_;
  judges_options judges_;
  fleet_options fleet_;
  foreign_options foreign_;
  uint16_t through_ = 0;
  soak_options soak_;
  std::map<std::string, std::function<bench_result()>> benches_{
    {"decision", bench_decision},
    {"disabled", bench_disabled},
    {"exposition", bench_exposition},
    {"journal", bench_journal},
    {"overhead", [this] { return bench_overhead(quick_); }},
    {"pipeline", bench_pipeline},
    {"recorder", bench_recorder},
  };
  std::function<void()> chosen_ = [this] { run_costs(); };
};

} // namespace

} // namespace tuner

int main(int argc, char** argv) {
  try {
    return tuner::command_line{}.execute(argc, argv);
  } catch (const std::exception& x) {
    std::cerr << "bench/run: " << x.what() << '\n';
    return 1;
  }
}
