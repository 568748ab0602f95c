#include "config/loader.hpp"
#include "config/reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

using namespace tuner;

namespace {

const std::string root = AUTO_TUNER_SOURCE_DIR;

std::string content_of(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

/// @returns the lines of `text` that contain `what`.
std::size_t lines_with(const std::string& text, const std::string& what) {
  std::istringstream lines{text};
  std::size_t result = 0;
  for (std::string line; std::getline(lines, line);)
    result += line.find(what) != std::string::npos ? 1 : 0;
  return result;
}

/// A config in which every key differs from its default.
config unusual() {
  config x;
  x.enabled = false;
  x.tuner.enabled = true;
  x.tuner.mode = "advise";
  x.tuner.cool_down_seconds = 0.1;
  x.tuner.min_requests = 1'000'000'000;
  x.tuner.slo.p95_latency_ms = 1.0 / 3;
  x.tuner.threshold.batch_decrease_factor = 0.3333333333333333;
  x.tuner.watchdog.per_knob = {{"batch_size", 0.15}, {"gpu_share", 10}};
  x.batcher.batch_timeout_ms = 1e-7;
  x.admin = {"::1", 0, "/etc/token"};
  x.logging.file = "/var/log/\"tuner\"\\\xc3\xa4\xf0\x9f\x99\x82.log";
  x.logging.levels = {{"applier", "debug"}, {"host", "off"}};
  target_config first;
  first.name = "a";
  first.knobs = {
    {"gpu_share", knob_role::other, -1, 1, 0, "%", 0.7, false},
    {"batch_size", knob_role::batch_size, 1, 64, 1, "requests", 32, true}};
  first.example_host.load.kind = "trace";
  first.example_host.load.file = "trace.csv";
  first.example_host.load.seed = 9'007'199'254'740'991;
  target_config second;
  second.name = "b";
  x.targets = {first, second};
  return x;
}

} // namespace

TEST_CASE("E6 default.json is every key at its default") {
  CHECK(content_of(root + "/config/default.json") == to_json(config{}));
}

TEST_CASE("E6 default.json loads and changes nothing") {
  auto result = load_config_file(root + "/config/default.json");
  REQUIRE(result.ok());
  CHECK(to_json(result.value) == to_json(config{}));
  CHECK(to_json(load_config_text("{}", "text").value) == to_json(config{}));
}

TEST_CASE("E6 default.json has every key of the reference") {
  auto rows = lines_with(reference(), "| `");
  auto of_items = lines_with(reference(), "[].");
  auto of_maps = lines_with(reference(), ".NAME`");
  auto json = content_of(root + "/config/default.json");
  auto keys = lines_with(json, "\": ");
  auto sections = lines_with(json, "\": {") - of_maps; // maps end in {}
  CHECK(rows - of_items == keys - sections);
  CHECK(of_maps == 2);
}

TEST_CASE("E6 the keys of the contract keep their names") {
  auto result = load_config_text(
    R"({"tuner": {
      "enabled": false, "mode": "auto", "policy": "auto", "judge": "auto",
      "observation_window_seconds": 300, "tuning_interval_seconds": 60,
      "enable_batch_size_tuning": true, "enable_timeout_tuning": true,
      "enable_cache_size_tuning": true,
      "slo": {"p95_latency_ms": null, "error_ratio": 0.01},
      "watchdog": {"check_delay_seconds": 30, "degradation_threshold": 0.20,
                   "per_knob": {}, "max_extensions": 2},
      "rollback": {"strategy": "full", "max_per_hour": 3},
      "history_size": 100},
    "batcher": {"max_batch_size": 32, "batch_timeout_ms": 50},
    "cache": {"max_memory_mb": 4096},
    "targets": [], "admin": {}, "logging": {}})",
    "text");
  REQUIRE(result.ok());
  CHECK(to_json(result.value) == to_json(config{}));
}

TEST_CASE("E6 example.json is what run uses without a file") {
  auto result = load_config_file(root + "/config/example.json");
  REQUIRE(result.ok());
  const auto& c = result.value;
  CHECK(tuning_enabled(c));
  CHECK(c.tuner.policy == "auto");
  CHECK(c.tuner.observation_window_seconds == 10);
  CHECK(c.tuner.tuning_interval_seconds == 5);
  CHECK(c.tuner.watchdog.check_delay_seconds == 10);
  REQUIRE(c.targets.size() == 1);
  CHECK(c.targets[0].name.empty());
  auto knobs = knobs_of(c, c.targets[0]);
  CHECK(knobs.initial()[knob::batch_size] == 32);
  CHECK(knobs.initial()[knob::batch_timeout] == 50);
  CHECK(knobs.initial()[knob::cache_size] == 64);
  CHECK(knobs.find(knob::batch_size)->max == 128);
  CHECK(knobs.find(knob::batch_timeout)->step == 0);
  CHECK(c.admin.port == 9464);
}

TEST_CASE("E6 what to_json writes loads as the same config") {
  auto before = unusual();
  auto result = load_config_text(to_json(before), "text");
  for (const auto& error : result.errors)
    FAIL_CHECK(to_string(error));
  const auto& after = result.value;
  CHECK(*after.tuner.slo.p95_latency_ms == 1.0 / 3);
  CHECK(after.batcher.batch_timeout_ms == 1e-7);
  CHECK(after.logging.file == before.logging.file);
  CHECK(after.logging.levels == before.logging.levels);
  CHECK(after.tuner.watchdog.per_knob == before.tuner.watchdog.per_knob);
  REQUIRE(after.targets.size() == 2);
  CHECK(after.targets[0].knobs[0].name == "gpu_share"); // the file's order
  CHECK(after.targets[0].example_host.load.seed == 9'007'199'254'740'991);
  CHECK(after.targets[1].knobs.size() == 3); // filled in
  before.targets[1].knobs = after.targets[1].knobs;
  CHECK(to_json(after) == to_json(before));
}

TEST_CASE("E6 numbers are read exactly and whole ones in any notation") {
  auto result = load_config_text(
    R"({"tuner": {"cool_down_seconds": 10912.571545225417,
          "min_requests": 1e3, "history_size": 7.0},
        "batcher": {"batch_timeout_ms": -0.0}})",
    "text");
  REQUIRE(result.ok());
  CHECK(result.value.tuner.cool_down_seconds == 10912.571545225417);
  CHECK(result.value.tuner.min_requests == 1000);
  CHECK(result.value.tuner.history_size == 7);
  CHECK_FALSE(std::signbit(result.value.batcher.batch_timeout_ms));
}

TEST_CASE("E6 an empty object is an empty object in JSON") {
  CHECK(to_json(config{}).find("\"targets\": [],\n") != std::string::npos);
  CHECK(to_json(config{}).find("\"per_knob\": {},\n") != std::string::npos);
}

TEST_CASE("E6 the reference has a row for each key") {
  auto table = reference();
  CHECK(table.starts_with("| path | default | allowed | what |\n"));
  CHECK(
    table.find("| `tuner.watchdog.check_delay_seconds` | `30` | a number "
               "from 0.01 to 86400 (seconds) | ")
    != std::string::npos);
  CHECK(table.find("| `targets[].knobs.NAME.min` |") != std::string::npos);
  std::istringstream lines{table};
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(std::count(line.begin(), line.end(), '|') == 5);
  }
}
