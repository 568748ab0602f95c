#pragma once

#include "config/config.hpp"
#include "config/error.hpp"

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuner::simulation {

/// Rows of numbers, as in `[[0, 300], [600, 800]]`.
using rows = std::vector<std::vector<double>>;

/// What arrives. Poisson at the momentary rate, but for `trace`.
struct arrivals_config {
  std::string kind = "piecewise"; ///< `sine`, `on_off`, `mmpp` or `trace`.
  rows rates{{0, 100}};           ///< `piecewise`: from second, rate.
  double mean = 500;              ///< `sine`, like the next two.
  double amplitude = 400;
  double period_seconds = 1800;
  double on_rate = 900; ///< `on_off` and `mmpp`, like the next three.
  double off_rate = 150;
  double on_seconds = 60; ///< For `mmpp` the mean of an exponential time.
  double off_seconds = 180;
  std::string file; ///< `trace`: a CSV file with a header.
  std::string time_column = "arrival_seconds";
  std::string key_column; ///< Several keys in a field: the first counts.
  double speedup = 1;
  /// `trace`: every request of it stands for so many, each of which comes later
  /// by a random part of this many seconds of the trace.
  uint32_t copies = 1;
  double copies_within_seconds = 1;
  /// The rate is multiplied by a lognormal factor of this spread, a new one
  /// every `noise_seconds`.
  double noise = 0;
  double noise_seconds = 30;
};

struct knee_config {
  double batch = std::numeric_limits<double>::infinity();
  double extra_ms_per_item = 0;
};

struct hiccups_config {
  double probability = 0; ///< Of a batch.
  double ms = 0;
};

/// How long a batch takes.
struct service_config {
  uint32_t workers = 1;
  double fixed_ms = 10;
  double per_item_ms = 1;
  double noise = 0.08; ///< Spread of the logarithm.
  double contention = 0.2;
  knee_config knee;
  rows slowdowns; ///< From second, to second, factor.
  hiccups_config hiccups;
  double drift_per_hour = 0; ///< 0.1: 10 % slower each hour.
};

struct cache_scenario {
  uint64_t keys = 200'000;
  double zipf = 0.9;
  double entry_kb = 16;
  double hit_ms = 0.2;
  double memory_limit_mb = 8192;
  double base_mb = 512; ///< What the host needs without the cache.
  rows shifts;          ///< From second, by how many ranks the keys shift.
  rows others_mb;       ///< From second, what others use of the limit.
};

/// A host, its load, and how it is tuned: one scenario file.
struct scenario {
  std::string name;
  double duration_seconds = 3600;
  uint64_t seed = 1;
  slo_config slo;
  standard_values initial{32, 50, 256};
  arrivals_config arrivals;
  service_config service;
  std::optional<cache_scenario> cache;
  std::vector<std::pair<double, settings>> scripted;
  tuner_config tuner;
};

/// A scenario, or what is wrong with it.
struct scenario_result {
  scenario value; ///< Only to be used without errors.
  std::vector<config_error> errors;
};

/// Reads a scenario file: strict, like a config. A trace's path is relative to
/// the scenario's folder.
scenario_result load_scenario(const std::string& path);

} // namespace tuner::simulation
