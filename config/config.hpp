#pragma once

#include "actors/analyzer/gate.hpp"
#include "actors/analyzer/registry.hpp"
#include "actors/log/log_params.hpp"
#include "actors/watchdog/judge.hpp"
#include "config/foreign_effector.hpp"
#include "config/foreign_sensor.hpp"
#include "messages/knob.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

/// What latency the target must meet.
struct slo_config {
  reading p95_latency_ms; ///< Unknown: no objective.
  double error_ratio = 0.01;
  double memory_workers_per_gib = 0.05; ///< What memory costs, in workers.
};

struct watchdog_config {
  double check_delay_seconds = 30;
  double degradation_threshold = 0.20;
  std::map<std::string, double> per_knob;
  uint32_t max_extensions = 2;
  bool switchback = true;
};

struct rollback_config {
  std::string strategy = "full";
  uint32_t max_per_hour = 3;
  double advise_seconds = 3600; ///< For how long, the first time.
};

/// When no change is to be made: from one moment to another, or for some
/// minutes after each moment that comes back.
struct freeze_config {
  std::string from; ///< As `instant_of` has it, like the next one.
  std::string to;
  std::string cron;     ///< As `cron_of` has it.
  uint64_t minutes = 0; ///< Its length.
};

/// For how long a step that was rolled back is not tried again.
struct back_off_config {
  double first_seconds = 600;
  double longest_seconds = 21'600;
};

/// How the tuner observes, decides and undoes.
struct tuner_config {
  bool enabled = false;
  std::string mode = "auto"; ///< `auto` or `advise`.
  std::string policy = "auto";
  std::string judge = "auto";
  double observation_window_seconds = 300;
  double tuning_interval_seconds = 60;
  double cool_down_seconds = 10;
  double sample_period_seconds = 1;
  double host_timeout_seconds = 2;
  double lease_seconds = 10; ///< Of a change that nobody confirmed.
  uint64_t min_requests = 10;
  double min_rps = 0;
  bool enable_batch_size_tuning = true;
  bool enable_timeout_tuning = true;
  bool enable_cache_size_tuning = true;
  slo_config slo;
  threshold_params threshold;
  watchdog_config watchdog;
  rollback_config rollback;
  back_off_config back_off;
  std::vector<freeze_config> freeze;
  uint64_t history_size = 100;
};

/// Static values: what an untuned target runs with and where tuning starts.
struct batcher_config {
  double max_batch_size = 32;
  double batch_timeout_ms = 50;
};

struct cache_config {
  double max_memory_mb = 4096;
};

/// What arrives at the example host, and when.
struct load_config {
  std::string kind = "poisson"; ///< `poisson`, `on_off`, `sine` or `trace`.
  double rate_rps = 2000;       ///< `poisson`; the mean of `sine`.
  double amplitude_rps = 1000;  ///< `sine`.
  double period_seconds = 120;  ///< `sine`.
  double on_rate_rps = 3000;    ///< `on_off`, like the next three.
  double off_rate_rps = 500;
  double on_seconds = 30;
  double off_seconds = 30;
  std::string file;                   ///< `trace`: a CSV file with a header.
  std::string time_column = "time_s"; ///< `trace`: seconds, ascending.
  double speedup = 1;                 ///< `trace`: 2 plays it twice as fast.
  uint64_t keys = 200'000;            ///< Distinct requests.
  double zipf = 0.9; ///< Skew of their popularity; 0 is uniform.
  uint64_t seed = 1;
};

/// The batching inference server that `run` and the benches serve with.
struct example_host_config {
  uint32_t workers = 1;
  uint64_t queue_limit = 20'000; ///< Requests beyond it are refused.
  double memory_limit_mb = 512;  ///< For the cache and the model together.
  load_config load;
};

/// One serving host, or one model on it.
struct target_config {
  std::string name; ///< Empty: a single target without a label.
  std::string kind = "example_host"; ///< Or `foreign`.
  std::vector<knob_spec> knobs;      ///< Empty: the three standard ones.
  /// Seconds after the start, and what to change then instead of a policy.
  std::vector<std::pair<double, settings>> scripted;
  example_host_config example_host;
  std::vector<foreign_effector_config> effectors; ///< `foreign`: its knobs.
  /// `foreign`: at the end it gets back the settings it was found with.
  bool restore_on_exit = false;
  foreign_sensor_config sensor; ///< Of a foreign host.
};

/// The HTTP port: the page, metrics, health and the control API.
struct admin_config {
  std::string address = "127.0.0.1";
  uint16_t port = 9464;   ///< 0 picks a free one.
  std::string token_file; ///< Empty: no commands, and loopback only.
};

/// What is kept for the next start, and for those who want to look back.
struct journal_config {
  std::string file; ///< SQLite; empty: in memory, for as long as it runs.
  uint64_t max_decisions = 100'000;
};

/// How agents and nodes know that the other end lives.
struct link_config {
  double heartbeat_seconds = 0.7;
  double silence_seconds = 2; ///< Then the other end is taken for dead.
};

/// Tunes the targets of agents.
struct node_config {
  std::string name = "node";
  std::string address = "127.0.0.1";
  uint16_t port = 9470;   ///< 0 picks a free one.
  std::string token_file; ///< Empty: any agent that reaches the port.
  uint64_t max_targets = 4096;
};

/// Has the targets of this process tuned by a node.
struct agent_config {
  std::string node;       ///< `HOST:PORT`; empty: they are tuned here.
  std::string token_file; ///< The node's secret.
  std::string group;      ///< Targets that share settings; empty: none.
};

/// Everything that can be configured, at its default.
struct config {
  bool enabled = true; ///< False switches the tuner off whatever it says.
  tuner_config tuner;
  batcher_config batcher;
  cache_config cache;
  std::vector<target_config> targets;
  admin_config admin;
  log_params logging;
  journal_config journal;
  link_config link;
  node_config node;
  agent_config agent;
};

/// @returns why `c` can't be run, or an empty string. A config that came
/// through the loader always can.
std::string problem_with(const config& c);

/// @returns whether the tuner runs at all (C1).
bool tuning_enabled(const config& c);

/// @returns the knobs of `target`, starting at the static values, with those
/// switched off that the config switches off (C2).
knob_table knobs_of(const config& c, const target_config& target);

/// A knob of a foreign host starts where it is found: puts a place to start
/// that is missing or out of bounds within them.
void start_anywhere(knob_spec& x);

} // namespace tuner
