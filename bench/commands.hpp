#pragma once

#include "bench/graded_run.hpp"
#include "bench/soak.hpp"

#include <string>
#include <vector>

namespace tuner {

/// What `policies` compares. Empty lists stand for everything.
struct policies_options {
  std::vector<std::string> scenarios; ///< Names of files in bench/scenarios.
  std::vector<std::string> policies;
  std::vector<start_point> starts;
  std::vector<uint64_t> seeds;
  std::string traces; ///< A folder: the scenarios of its traces too.
  std::string svg;    ///< A folder: draw charts into it instead.
  bool quick = false;
  bool json = false;
};

/// Tunes every scenario by every policy from every start and compares with the
/// best static settings. Prints a table scenario by scenario, as each is done.
void bench_policies(policies_options options);

/// What `random` draws.
struct random_options {
  uint64_t count = 30;
  uint64_t seed = 1;
  std::string policy = "twin";
  std::string dump; ///< A folder for the scenarios; empty: nowhere.
};

/// Tunes random scenarios and compares with the best static settings and with
/// leaving the start alone.
void bench_random(const random_options& options);

/// What `judges` compares. Empty lists stand for everything.
struct judges_options {
  std::vector<std::string> judges; ///< The first is held against the bars.
  std::vector<std::string> traffics;
  std::vector<std::string> truths;
  std::string traces;  ///< A folder: the traffic of its traces too.
  uint64_t trials = 0; ///< Of each harmless kind; 0: 1000, or 40 if quick.
  uint64_t seed = 1;   ///< The final run takes another one.
  bool quick = false;
  bool json = false;
};

/// @returns what `judges_options` may name.
std::vector<std::string> judge_bench_judges();
std::vector<std::string> judge_bench_traffics();
std::vector<std::string> judge_bench_truths();

/// Lets every judge judge changes with known truth. Prints a table kind by
/// kind, as each is done, and what the first judge must reach.
/// @throws std::runtime_error if a trace is asked for that can't be read.
void bench_judges(judges_options options);

/// Tunes the example host, computing for real under one load, and compares
/// with static settings. Ten minutes; quick, a minute.
void bench_real(bool quick, bool json);

/// What `fleet` tries.
struct fleet_options {
  std::vector<int> targets{10, 100, 1000};
  int processes = 1; ///< That the targets are spread over.
  int seconds = 60;  ///< Measured, after ten to settle.
  std::string policy = "auto";
  bool json = false;
};

/// What a node costs by number of targets, each sending one sample a second:
/// processor time, memory, and how long decisions take. Node and agents run in
/// processes of their own.
void bench_fleet(const fleet_options& options);

/// What `foreign` tries.
struct foreign_options {
  int targets = 200;
  int seconds = 60; ///< Measured, after ten to settle.
  bool json = false;
};

/// What a node costs that watches hosts in another process by their metrics for
/// Prometheus, and their knobs by HTTP, each once a second: processor time,
/// memory, threads, and how late the scrapes are.
void bench_foreign(const foreign_options& options);

/// How long it takes to write a knob of a target in another process and to read
/// it back. @param through the port of a tunnel that leads to port 9470; 0:
/// over loopback, without one.
void bench_round_trip(uint16_t through);

/// How a node is after each quarter of an hour of a simulated afternoon.
void bench_soak(const soak_options& options);

} // namespace tuner
