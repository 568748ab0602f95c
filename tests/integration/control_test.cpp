#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace tuner::test;

namespace {

const std::string program = AUTO_TUNER_PROGRAM;

bool contains(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

/// A service that decides each second, its config and its token; gone with the
/// test.
class controlled_service {
public:
  controlled_service() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::ofstream{folder_ + "/token"} << "correct-horse-battery-staple\n";
    std::filesystem::permissions(
      folder_ + "/token", std::filesystem::perms{0600});
    write_config("\"min_rps\": 0");
    run_ = std::make_unique<process>(
      std::vector<std::string>{program, "run", "--config", config_file()});
    auto line = run_->wait_for_line("metrics at");
    auto begin = line.find("http://");
    url_ = line.substr(begin, line.find("/metrics") - begin);
  }
  ~controlled_service() {
    run_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// It decides and judges alike on a machine that can hardly serve, and only
  /// once.
  /// @param more goes into the section `tuner`.
  void write_config(const std::string& more) const {
    std::ofstream{config_file()} << R"({
      "tuner": {"enabled": true, "policy": "threshold", "judge": "threshold",
                "observation_window_seconds": 2, "tuning_interval_seconds": 1,
                "sample_period_seconds": 0.1, "cool_down_seconds": 36000,
                "host_timeout_seconds": 60,
                "threshold": {"batch_decrease_above_p95_ms": 1e6,
                              "batch_increase_below_rps": 0,
                              "timeout_decrease_above_rps": 0,
                              "timeout_increase_below_rps": 0},
                "watchdog": {"check_delay_seconds": 1,
                             "degradation_threshold": 10}, )"
                                 << more << R"(},
      "cache": {"max_memory_mb": 64},
      "targets": [{"example_host": {"memory_limit_mb": 512,
                                    "load": {"rate_rps": 1000}}}],
      "admin": {"port": 0, "token_file": ")"
                                 << folder_ << R"(/token"}})";
  }

  /// Runs a command of the program against the service.
  process_result command(const std::string& words, bool with_token = true) {
    return run_shell(
      program + ' ' + words + " --url " + url_
      + (with_token ? " --token-file " + folder_ + "/token" : ""));
  }

  std::string config_file() const { return folder_ + "/config.json"; }
  const std::string& url() const { return url_; }
  process& run() { return *run_; }

private:
  std::string folder_ = std::filesystem::temp_directory_path()
    / ("auto_tuner_control_test_" + std::to_string(::getpid()));
  std::unique_ptr<process> run_;
  std::string url_;
};

} // namespace

TEST_CASE("D5 D4 an operator sees, stops, sets and undoes by command") {
  controlled_service x;
  x.run().wait_for_line("trial #1 kept");
  auto status = x.command("status", false);
  CHECK(status.exit_code == 0);
  CHECK(contains(status.output, "policy threshold, judge threshold"));
  auto paused = x.command("pause");
  CHECK(paused.exit_code == 0);
  CHECK(contains(paused.output, "paused: paused by an operator"));
  while (!contains(x.command("status --json").output, "\"trial\":null")) {
  }
  auto history = x.command("history");
  CHECK(
    contains(history.output, "#1      tuning    batch_timeout_ms 50 -> 37"));
  auto explained = x.command("explain 1");
  CHECK(contains(explained.output, "Verdict after ")); // 1000 ms or more.
  CHECK(contains(explained.output, "s: kept."));
  auto set = x.command("set batch_size=16");
  CHECK(
    set.output
    == "batch_size 32 -> 16; the tuner leaves this alone until "
       "resumed\n");
  auto undone = x.command("rollback --steps 1000");
  CHECK(contains(undone.output, "change #1 undone: batch_timeout_ms 37 -> 50"));
  auto nothing = x.command("rollback");
  CHECK(nothing.exit_code == 1);
  CHECK(contains(nothing.output, "there is no change to undo"));
  auto resumed = x.command("resume --json");
  CHECK(resumed.exit_code == 0);
  CHECK(contains(resumed.output, "{\"target\":\"\",\"state\":\"enabled\""));
  x.run().send(SIGTERM);
  auto ended = x.run().wait();
  CHECK(ended.exit_code == 0);
  CHECK(contains(ended.output, "set batch_size=16 by "));
}

TEST_CASE("D3 a command makes an actor log more") {
  controlled_service x;
  CHECK(x.command("log-level monitor=trace").exit_code == 0);
  CHECK(x.command("log-level analyzer=debug").exit_code == 0);
  CHECK_FALSE(x.run().wait_for_line(" debug analyzer").empty());
}

TEST_CASE("D5 refused and unreachable are 1, wrong usage is 2") {
  controlled_service x;
  auto refused = x.command("pause", false);
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.output, "--token-file FILE"));
  auto json = x.command("pause --json", false);
  CHECK(json.exit_code == 1);
  CHECK(contains(json.output, "{\"error\":{\"code\":\"unauthorized\""));
  CHECK(x.command("explain 999999").exit_code == 1);
  CHECK(x.command("history --target nobody").exit_code == 1);
  auto unknown = x.command("set batch_siz=4");
  CHECK(unknown.exit_code == 1);
  CHECK(contains(unknown.output, "did you mean batch_size?"));
  auto nobody = run_shell(program + " status --url http://127.0.0.1:1");
  CHECK(nobody.exit_code == 1);
  CHECK(contains(nobody.output, "no answer from http://127.0.0.1:1: "));
  CHECK(contains(nobody.output, "--url"));
  auto file = run_shell(program + " status --url file:///etc/hostname");
  CHECK(file.exit_code == 1);
  auto elsewhere =
    run_shell(program + " status --url " + x.url() + "/metrics?");
  CHECK(elsewhere.exit_code == 1);
  auto no_token = run_shell(program + " pause --token-file /nowhere");
  CHECK(no_token.exit_code == 1);
  CHECK(contains(no_token.output, "--token-file: /nowhere can't be opened"));
  for (auto words :
       {"set", "set batch_size", "set batch_size=", "set =1",
        "set batch_size=1x", "set batch_size=nan", "set a=1 a=2", "explain",
        "explain x", "explain 0", "rollback --steps 0", "rollback --steps x",
        "history --limit 5001", "log-level analyzer", "log-level nobody=debug",
        "log-level analyzer=loud", "log-level a=b c=d", "pause now",
        "status --target a"}) {
    CAPTURE(words);
    CHECK(x.command(words).exit_code == 2);
  }
}

TEST_CASE("E6 a config is read again by command and by SIGHUP") {
  controlled_service x;
  x.run().wait_for_line("change #1");
  auto same = x.command("reload");
  CHECK(same.output == "reloaded; nothing has changed\n");
  x.write_config("\"min_rps\": 5, \"mode\": \"advise\"");
  auto changed = x.command("reload");
  CHECK(changed.exit_code == 0);
  CHECK(
    changed.output == "reloaded; changed:\n  tuner.mode\n  tuner.min_rps\n");
  CHECK(contains(x.command("status").output, "advise: mode is advise"));
  x.write_config("\"history_size\": 5, \"min_rps\": 9");
  auto refused = x.command("reload");
  CHECK(refused.exit_code == 1);
  CHECK(contains(refused.output, "tuner.history_size can't change while"));
  x.write_config("\"min_rps\": -1");
  auto wrong = x.command("reload");
  CHECK(wrong.exit_code == 1);
  CHECK(contains(wrong.output, "tuner.min_rps: -1"));
  x.run().send(SIGHUP);
  CHECK(contains(
    x.run().wait_for_line("reload by SIGHUP refused"), "tuner.min_rps: -1"));
  x.write_config("\"min_rps\": 5");
  x.run().send(SIGHUP);
  CHECK(contains(
    x.run().wait_for_line("reloaded by SIGHUP"), "SIGHUP: tuner.mode"));
  // Whether it finds anything to change then is another matter.
  CHECK_FALSE(contains(x.command("status").output, "advise"));
}
