#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

using namespace tuner;
using namespace tuner::simulation;

namespace {

scenario_result loaded(const std::string& text) {
  temporary_file file{"scenario.json", text};
  return load_scenario(file.path);
}

scenario good(const std::string& text) {
  auto result = loaded(text);
  for (const auto& x : result.errors)
    FAIL_CHECK(to_string(x));
  return result.value;
}

const std::string every_key = R"({
  "name": "all of it", "duration_seconds": 1234.5, "seed": 99,
  "slo": {"p95_latency_ms": 150, "error_ratio": 0.02},
  "initial": {"batch_size": 8, "batch_timeout_ms": 2.5, "cache_size_mb": 64},
  "arrivals": {"kind": "sine", "rates": [[0, 300], [600, 800.5]],
    "mean": 1, "amplitude": 2, "period_seconds": 3, "on_rate": 4,
    "off_rate": 5, "on_seconds": 6, "off_seconds": 7, "file": "trace.csv",
    "time_column": "t", "key_column": "k", "speedup": 8, "copies": 9,
    "copies_within_seconds": 9.5, "noise": 0.9,
    "noise_seconds": 10},
  "service": {"workers": 3, "fixed_ms": 11, "per_item_ms": 12, "noise": 0.13,
    "contention": 0.14, "knee": {"batch": 15, "extra_ms_per_item": 16},
    "slowdowns": [[17, 18, 1.9]], "hiccups": {"probability": 0.2, "ms": 21},
    "drift_per_hour": 0.22},
  "cache": {"keys": 23, "zipf": 0.24, "entry_kb": 25, "hit_ms": 0.26,
    "memory_limit_mb": 27, "base_mb": 28, "shifts": [[29, 30]],
    "others_mb": [[31, 32]]},
  "scripted": [[33, {"batch_size": 34, "cache_size_mb": 35}],
               [36, {"batch_timeout_ms": 3.7}]],
  "tuner": {"policy": "hold", "judge": "threshold",
    "tuning_interval_seconds": 38, "watchdog": {"check_delay_seconds": 39}}
})";

} // namespace

TEST_CASE("E4 a scenario says everything that can be said") {
  auto x = good(every_key);
  CHECK(x.name == "all of it");
  CHECK(x.duration_seconds == 1234.5);
  CHECK(x.seed == 99);
  CHECK(*x.slo.p95_latency_ms == 150);
  CHECK(x.slo.error_ratio == 0.02);
  CHECK(x.initial.batch_size == 8);
  CHECK(x.initial.batch_timeout_ms == 2.5);
  CHECK(x.initial.cache_size_mb == 64);
  CHECK(
    x.scripted
    == std::vector<std::pair<double, settings>>{
      {33, {{"batch_size", 34}, {"cache_size_mb", 35}}},
      {36, {{"batch_timeout_ms", 3.7}}}});
  CHECK(x.tuner.policy == "hold");
  CHECK(x.tuner.judge == "threshold");
  CHECK(x.tuner.tuning_interval_seconds == 38);
  CHECK(x.tuner.watchdog.check_delay_seconds == 39);
}

TEST_CASE("E4 a scenario says what arrives") {
  auto x = good(every_key).arrivals;
  CHECK(x.kind == "sine");
  CHECK(x.rates == rows{{0, 300}, {600, 800.5}});
  CHECK(x.mean == 1);
  CHECK(x.amplitude == 2);
  CHECK(x.period_seconds == 3);
  CHECK(x.on_rate == 4);
  CHECK(x.off_rate == 5);
  CHECK(x.on_seconds == 6);
  CHECK(x.off_seconds == 7);
  CHECK(std::filesystem::path{x.file}.filename() == "trace.csv");
  CHECK(x.time_column == "t");
  CHECK(x.key_column == "k");
  CHECK(x.speedup == 8);
  CHECK(x.copies == 9);
  CHECK(x.copies_within_seconds == 9.5);
  CHECK(x.noise == 0.9);
  CHECK(x.noise_seconds == 10);
}

TEST_CASE("E4 a scenario says how long batches take, and what is cached") {
  auto x = good(every_key);
  CHECK(x.service.workers == 3);
  CHECK(x.service.fixed_ms == 11);
  CHECK(x.service.per_item_ms == 12);
  CHECK(x.service.noise == 0.13);
  CHECK(x.service.contention == 0.14);
  CHECK(x.service.knee.batch == 15);
  CHECK(x.service.knee.extra_ms_per_item == 16);
  CHECK(x.service.slowdowns == rows{{17, 18, 1.9}});
  CHECK(x.service.hiccups.probability == 0.2);
  CHECK(x.service.hiccups.ms == 21);
  CHECK(x.service.drift_per_hour == 0.22);
  REQUIRE(x.cache);
  CHECK(x.cache->keys == 23);
  CHECK(x.cache->zipf == 0.24);
  CHECK(x.cache->entry_kb == 25);
  CHECK(x.cache->hit_ms == 0.26);
  CHECK(x.cache->memory_limit_mb == 27);
  CHECK(x.cache->base_mb == 28);
  CHECK(x.cache->shifts == rows{{29, 30}});
  CHECK(x.cache->others_mb == rows{{31, 32}});
}

TEST_CASE("E4 a scenario that says little runs an hour on defaults") {
  auto x = good(R"({"arrivals": {}, "service": {}})");
  CHECK(x.duration_seconds == 3600);
  CHECK(x.seed == 1);
  CHECK_FALSE(x.slo.p95_latency_ms);
  CHECK(x.initial.batch_size == 32);
  CHECK(x.initial.batch_timeout_ms == 50);
  CHECK(x.initial.cache_size_mb == 256);
  CHECK(x.arrivals.kind == "piecewise");
  CHECK(x.service.workers == 1);
  CHECK(std::isinf(x.service.knee.batch));
  CHECK(x.service.hiccups.probability == 0);
  CHECK_FALSE(x.cache);
  CHECK(x.scripted.empty());
  CHECK(x.tuner.policy == "auto");
  CHECK(x.tuner.observation_window_seconds == 300);
  CHECK(good(R"({"cache": {}})").cache->memory_limit_mb == 8192);
}

TEST_CASE("E4 an objective counts where the tuner's config has it, too") {
  auto x = good(R"({"tuner": {"slo": {"p95_latency_ms": 70}}})");
  CHECK(*x.slo.p95_latency_ms == 70);
  auto both = good(R"({"tuner": {"slo": {"p95_latency_ms": 70}},
                       "slo": {"p95_latency_ms": 80}})");
  CHECK(*both.slo.p95_latency_ms == 80);
}

TEST_CASE("E4 a trace is looked for beside its scenario") {
  auto text = R"({"arrivals": {"kind": "trace", "file": "data/trace.csv"}})";
  CHECK(
    good(text).arrivals.file
    == std::filesystem::temp_directory_path() / "data/trace.csv");
  auto absolute = R"({"arrivals": {"kind": "trace", "file": "/data/t.csv"}})";
  CHECK(good(absolute).arrivals.file == "/data/t.csv");
}

TEST_CASE("E4 a scenario file must be there") {
  auto result = load_scenario("/nowhere/scenario.json");
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].path == "/nowhere/scenario.json");
  CHECK_FALSE(result.errors[0].value.empty());
  CHECK_FALSE(result.errors[0].allowed.empty());
  CHECK(load_scenario("/").errors.size() == 1);
}

TEST_CASE("E4 every mistake in a scenario is reported, not just the first") {
  auto result = loaded(
    R"({"nam": 1, "seed": -1, "service": {"workers": 0}, "slo": {"p": 1}})");
  CHECK(result.errors.size() == 4);
  auto rules = loaded(
    R"({"arrivals": {"kind": "trace"}, "scripted": [[1, {"a": 1, "b": 2}]]})");
  CHECK(rules.errors.size() == 3);
}
