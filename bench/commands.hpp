#pragma once

#include "bench/graded_run.hpp"

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

/// Tunes the example host, computing for real under one load, and compares
/// with static settings. Five minutes; quick, a minute.
void bench_real(bool quick, bool json);

} // namespace tuner
