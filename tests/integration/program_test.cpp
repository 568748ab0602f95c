#include "app/commands/scenarios.hpp"
#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

using namespace tuner::test;

namespace {

const std::string program = AUTO_TUNER_PROGRAM;

bool contains(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

/// A config file of its own that is gone with the test.
struct config_file {
  explicit config_file(const std::string& text) {
    auto file = ::mkstemp(path.data());
    REQUIRE(file >= 0);
    ::close(file);
    std::ofstream{path} << text;
  }
  ~config_file() { std::filesystem::remove(path); }
  config_file(const config_file&) = delete;
  config_file& operator=(const config_file&) = delete;

  std::string path =
    std::filesystem::temp_directory_path() / "auto_tuner_program_XXXXXX";
};

/// The example, on any free port, deciding each second: the same on a machine
/// that can hardly serve. Its first trial is not judged before the test is
/// over.
const std::string quick_example = R"({
  "tuner": {"enabled": true, "policy": "threshold", "judge": "threshold",
            "observation_window_seconds": 2,
            "tuning_interval_seconds": 1, "sample_period_seconds": 0.1,
            "cool_down_seconds": 0, "host_timeout_seconds": 60,
            "threshold": {"batch_decrease_above_p95_ms": 1e6,
                          "batch_increase_below_rps": 0,
                          "timeout_decrease_above_rps": 0,
                          "timeout_increase_below_rps": 0},
            "watchdog": {"check_delay_seconds": 3600}},
  "cache": {"max_memory_mb": 64},
  "targets": [{"example_host": {"memory_limit_mb": 512,
                                "load": {"rate_rps": 1000}}}],
  "admin": {"port": 0}
})";

std::string url_in(const std::string& line) {
  auto begin = line.find("http://");
  return line.substr(begin, line.find("/metrics") - begin);
}

} // namespace

TEST_CASE("F the six scenarios come out as specified") {
  for (int number = 1; number <= 6; ++number) {
    CAPTURE(number);
    auto report = tuner::play_scenario(number);
    CHECK_FALSE(report.expectations.empty());
    for (const auto& x : report.expectations) {
      CAPTURE(x.what);
      CHECK(x.seen == x.wanted);
    }
  }
}

TEST_CASE("F demo prints the scenarios and exits 0") {
  auto all = run_shell(program + " demo");
  CHECK(all.exit_code == 0);
  for (auto line :
       {"batch_size 32 -> 24", "batch_size 16 -> 20",
        "batch_timeout_ms 50 -> 37", "No tuning needed, performance is optimal",
        "callbacks: batch_size = 64, batch_size = 32",
        "refused: Auto-tuning is disabled"})
    CHECK(contains(all.output, line));
  CHECK(run_shell(program + " demo --scenario 4").exit_code == 0);
  CHECK(run_shell(program + " demo --scenario 7").exit_code == 2);
}

TEST_CASE("E6 check-config prints the effective config or exits 2") {
  config_file good{R"({"batcher": {"max_batch_size": 16}})"};
  auto shown = run_shell(program + " check-config " + good.path);
  CHECK(shown.exit_code == 0);
  CHECK(contains(shown.output, "\"max_batch_size\": 16"));
  auto overridden = run_shell(
    "MUAI_OPT_BATCHER_MAX_SIZE=8 " + program + " check-config " + good.path);
  CHECK(contains(overridden.output, "\"max_batch_size\": 8"));
  auto unreadable = run_shell(
    "MUAI_OPT_TUNER_ENABLED=maybe " + program + " check-config " + good.path);
  CHECK(unreadable.exit_code == 2);
  CHECK(contains(unreadable.output, "MUAI_OPT_TUNER_ENABLED"));
  config_file bad{R"({"tuner": {"watchdog": {"check_delay_seconds": -5}}})"};
  auto refused = run_shell(program + " check-config " + bad.path);
  CHECK(refused.exit_code == 2);
  CHECK(contains(refused.output, "tuner.watchdog.check_delay_seconds: -5"));
  CHECK(run_shell(program + " run --config " + bad.path).exit_code == 2);
  CHECK(run_shell(program + " run --config /nowhere.json").exit_code == 2);
}

TEST_CASE("E6 every bad config file makes check-config exit 2 and say why") {
  size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator{
         AUTO_TUNER_SOURCE_DIR "/tests/integration/bad_configs"}) {
    CAPTURE(file.path().string());
    auto refused = run_shell(program + " check-config " + file.path().string());
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.output, "allowed: "));
    ++files;
  }
  CHECK(files >= 40);
}

TEST_CASE("E1 wrong usage exits 2, help and version exit 0") {
  CHECK(run_shell(program).exit_code == 2);
  CHECK(run_shell(program + " fly").exit_code == 2);
  CHECK(run_shell(program + " run --duration -1").exit_code == 2);
  for (auto command : {"", "run", "demo", "check-config"})
    CHECK(run_shell(program + ' ' + command + " --help").exit_code == 0);
  CHECK(contains(run_shell(program + " --version").output, "auto_tuner 0."));
}

TEST_CASE(
  "E1 run serves, decides live and stops cleanly on SIGTERM and SIGINT") {
  for (auto signal : {SIGTERM, SIGINT}) {
    config_file file{quick_example};
    process service{{program, "run", "--config", file.path}};
    CHECK(contains(service.wait_for_line("metrics at"), "http://127.0.0.1:"));
    CHECK(contains(
      service.wait_for_line("change #1"), "batch_timeout_ms 50 -> 37"));
    auto asked = std::chrono::steady_clock::now();
    service.send(signal); // In the middle of a trial.
    auto ended = service.wait();
    auto took = std::chrono::steady_clock::now() - asked;
    CHECK(ended.exit_code == 0);
    CHECK(contains(
      ended.output,
      "stopped; the target keeps batch_size=32 batch_timeout_ms=50 "
      "cache_size_mb=64"));
    MESSAGE("stopped after " << took / std::chrono::milliseconds{1} << " ms");
  }
}

TEST_CASE("D1 C4 run shows metrics and health, and errors as JSON") {
  config_file file{quick_example};
  process service{{program, "run", "--config", file.path}};
  auto url = url_in(service.wait_for_line("metrics at"));
  auto get = [&](const std::string& what) {
    return run_shell("curl -sS -w ' %{http_code}' " + what).output;
  };
  service.wait_for_line("change #1");
  std::string metrics;
  CHECK(comes_true([&] { // The change has yet to come there.
    metrics = get(url + "/metrics");
    return contains(metrics, "auto_tuning_batch_timeout_ms 37\n")
      && contains(metrics, "auto_tuning_decisions_total");
  }));
  for (auto line :
       {"auto_tuning_decisions_total{direction=\"decrease\",parameter=\"batch_"
        "timeout_ms\"} 1\n",
        "auto_tuning_rollbacks_total{parameter=\"batch_size\"} 0\n",
        "auto_tuning_batch_size 32\n", "auto_tuning_batch_timeout_ms 37\n",
        "auto_tuning_cache_size_mb "})
    CHECK(contains(metrics, line));
  std::string health;
  CHECK(comes_true([&] {
    health = get(url + "/healthz");
    return contains(health, "a trial is running");
  }));
  CHECK(contains(health, "\"status\":\"enabled\""));
  CHECK(contains(health, " 200"));
  CHECK(contains(get(url + "/nothing"), "{\"error\":{\"code\":\"not_found\""));
  CHECK(contains(get("-X POST " + url + "/metrics"), " 405"));
  CHECK(contains(get("-I " + url + "/healthz"), "200"));
  // promtool knows no exception for the two names that were asked for.
  auto lint =
    run_shell("curl -sS " + url + "/metrics | promtool check metrics");
  CHECK(
    lint.output
    == "auto_tuning_batch_timeout_ms metric names should not contain "
       "abbreviated units\nauto_tuning_cache_size_mb metric names should not "
       "contain abbreviated units\n");
}

TEST_CASE("E1 a taken port is a clear error") {
  config_file file{quick_example};
  process service{{program, "run", "--config", file.path}};
  auto url = url_in(service.wait_for_line("metrics at"));
  auto port = url.substr(url.rfind(':') + 1);
  auto text = quick_example;
  text.replace(text.find("\"port\": 0"), 9, "\"port\": " + port);
  config_file same_port{text};
  auto second = run_shell(program + " run --config " + same_port.path);
  CHECK(second.exit_code == 1);
  CHECK(
    contains(second.output, "admin.port: can't listen on 127.0.0.1:" + port));
  CHECK(contains(second.output, "set admin.port to another one"));
}

TEST_CASE("C1 run with tuning disabled serves, and touches nothing") {
  auto text = quick_example;
  text.replace(text.find("\"enabled\": true"), 15, "\"enabled\": false");
  config_file file{text};
  process service{{program, "run", "--config", file.path}};
  auto url = url_in(service.wait_for_line("metrics at"));
  auto health = run_shell("curl -sS " + url + "/healthz").output;
  CHECK(contains(health, "\"status\":\"disabled\""));
  auto metrics = run_shell("curl -sS " + url + "/metrics").output;
  CHECK_FALSE(contains(metrics, "auto_tuning_"));
  service.send(SIGTERM);
  auto ended = service.wait();
  CHECK(ended.exit_code == 0);
  CHECK(contains(ended.output, "Auto-tuning is disabled"));
  CHECK_FALSE(contains(ended.output, "change #"));
  auto brief = run_shell(program + " run --duration 1 --config " + file.path);
  CHECK(brief.exit_code == 0);
}
