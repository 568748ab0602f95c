#pragma once

#include "config/config.hpp"

#include <optional>
#include <string>

namespace tuner {

/// What the program says when it ends.
namespace exit_code {

inline constexpr int done = 0;
inline constexpr int failed = 1; ///< At run time.
inline constexpr int wrong = 2;  ///< Usage or config.

} // namespace exit_code

/// Carries out `auto_tuner <arguments>`. @returns an exit code.
int run_program(int argc, char** argv);

struct run_options {
  std::string config_file;     ///< Empty: the shipped example.
  double duration_seconds = 0; ///< 0: until SIGINT or SIGTERM.
};

/// `run`: serves and tunes until told to stop. SIGHUP has it read its config
/// again.
int run_command(const run_options& options);

struct node_options {
  std::string config_file;
  bool listen_anywhere = false; ///< Also where others can reach it.
  double duration_seconds = 0;  ///< 0: until SIGINT or SIGTERM.
};

/// `node`: tunes the targets of agents until told to stop.
int node_command(const node_options& options);

/// `agent`: as `run`, but the targets are tuned by a node.
int agent_command(const run_options& options);

/// `demo`: the scenarios of the spec; 0 is all of them.
int demo_command(int scenario);

struct simulate_options {
  std::string file;
  std::string policy;           ///< Empty: the scenario's.
  std::string judge;            ///< Empty: the scenario's.
  std::optional<uint64_t> seed; ///< None: the scenario's.
  bool oracle = false;          ///< Find the best static settings too.
  bool decisions = false;
  std::optional<uint64_t> explained; ///< List them.
  bool json = false;
  bool log = false; ///< Print the actors' log first.
};

/// `simulate`: what would have happened.
int simulate_command(const simulate_options& options);

/// `check-config`: prints the effective config, or what is wrong with it.
int check_config_command(const std::string& file);

/// `probe`: calls each foreign host of a config once, writes nothing, and
/// prints what was read, what could be written and what is wrong.
int probe_command(const std::string& file);

/// Loads a config, the environment included. Prints every error to standard
/// error. @returns nothing if there is one.
std::optional<config> load_or_complain(const std::string& file);

} // namespace tuner
