#include "app/client/client_commands.hpp"
#include "app/commands/commands.hpp"
#include "messages/version.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <exception>
#include <functional>
#include <iostream>

namespace tuner {

namespace {

/// Collects what a command line asks for.
class command_line {
public:
  command_line() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", std::string{"auto_tuner "} + version());
    add_run();
    add_node();
    add_agent();
    add_demo();
    add_check_config();
    add_probe();
    add_simulate();
    add_client_commands(app_, client_, chosen_);
    app_.footer("Exit codes: 0 done, 1 failed at run time, 2 wrong usage or "
                "config.");
  }

  int execute(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& x) {
      return app_.exit(x) == 0 ? exit_code::done : exit_code::wrong;
    }
    return chosen_();
  }

private:
  void add_run() {
    auto* run = app_.add_subcommand(
      "run", "Serve and tune the example host, or tune what a config says");
    run->add_option(
      "--config", run_.config_file, "JSON file (default: the shipped example)");
    run
      ->add_option(
        "--duration", run_.duration_seconds,
        "Seconds to run (default: forever)")
      ->check(CLI::PositiveNumber);
    run->callback([this] { chosen_ = [this] { return run_command(run_); }; });
  }

  void add_node() {
    auto* node = app_.add_subcommand(
      "node",
      "Tune the targets of agents, also on other machines, and foreign hosts");
    node->add_option("--config", node_.config_file, "JSON file")->required();
    node->add_flag(
      "--listen-anywhere", node_.listen_anywhere,
      "Await agents off loopback too, without encryption");
    node
      ->add_option(
        "--duration", node_.duration_seconds,
        "Seconds to run (default: forever)")
      ->check(CLI::PositiveNumber);
    node->callback(
      [this] { chosen_ = [this] { return node_command(node_); }; });
  }

  void add_agent() {
    auto* agent =
      app_.add_subcommand("agent", "Serve as run does, tuned by a node");
    agent->add_option("--config", run_.config_file, "JSON file")->required();
    agent
      ->add_option(
        "--duration", run_.duration_seconds,
        "Seconds to run (default: forever)")
      ->check(CLI::PositiveNumber);
    agent->callback(
      [this] { chosen_ = [this] { return agent_command(run_); }; });
  }

  void add_demo() {
    auto* demo = app_.add_subcommand(
      "demo", "Play the six scenarios, step by step, on a simulated clock");
    demo->add_option("--scenario", scenario_, "1 to 6, or all")
      ->check(CLI::IsMember({"1", "2", "3", "4", "5", "6", "all"}))
      ->default_val("all");
    demo->callback([this] {
      chosen_ = [this] {
        return demo_command(scenario_ == "all" ? 0 : scenario_.front() - '0');
      };
    });
  }

  void add_check_config() {
    auto* check = app_.add_subcommand(
      "check-config",
      "Print the effective config, or every error with its path");
    check->add_option("FILE", config_file_, "JSON file")->required();
    check->callback([this] {
      chosen_ = [this] { return check_config_command(config_file_); };
    });
  }

  void add_probe() {
    auto* probe = app_.add_subcommand(
      "probe", "Try how the foreign hosts of a config answer; writes nothing");
    probe->add_option("--config", config_file_, "JSON file")->required();
    probe->callback(
      [this] { chosen_ = [this] { return probe_command(config_file_); }; });
  }

  void add_simulate() {
    auto* simulate = app_.add_subcommand(
      "simulate", "Tune a simulated host, hours in seconds");
    auto& o = simulate_;
    simulate->add_option("FILE", o.file, "Scenario, a JSON file")->required();
    simulate->add_option("--policy", o.policy, "Instead of the scenario's");
    simulate->add_option("--judge", o.judge, "Instead of the scenario's");
    simulate->add_option("--seed", o.seed, "Instead of the scenario's");
    simulate->add_flag(
      "--oracle", o.oracle, "Also find the best static settings");
    simulate->add_flag("--decisions", o.decisions, "List every decision");
    simulate->add_option(
      "--explain", o.explained, "Explain the decision of this number; 0: all");
    simulate->add_flag("--json", o.json, "Print one JSON object");
    simulate->add_flag("--log", o.log, "Print the actors' log first");
    simulate->callback(
      [this] { chosen_ = [this] { return simulate_command(simulate_); }; });
  }

  CLI::App app_{
    "Keeps a serving host at the cheapest live settings that meet its latency "
    "objective,\nand undoes any change that hurts.",
    "auto_tuner"};
  run_options run_;
  node_options node_;
  simulate_options simulate_;
  client_options client_;
  std::string scenario_;
  std::string config_file_;
  std::function<int()> chosen_;
};

} // namespace

int run_program(int argc, char** argv) {
  try {
    return command_line{}.execute(argc, argv);
  } catch (const std::exception& x) {
    std::cerr << "auto_tuner: " << x.what() << '\n';
    return exit_code::failed;
  }
}

} // namespace tuner
