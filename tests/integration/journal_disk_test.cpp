#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace tuner::test;
namespace fs = std::filesystem;

namespace {

/// A folder with a config for the example host, whose journal is on a small
/// disk at `disk/` that only the shells of this test see.
struct stage {
  fs::path folder;

  stage() {
    auto name = (fs::temp_directory_path() / "auto_tuner_disk_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    fs::create_directories(folder / "disk");
    std::ofstream{folder / "config.json"} << R"({
      "tuner": {"enabled": true, "policy": "threshold", "judge": "threshold",
                "observation_window_seconds": 1, "tuning_interval_seconds": 0.5,
                "sample_period_seconds": 0.1, "cool_down_seconds": 0,
                "watchdog": {"check_delay_seconds": 0.5}},
      "targets": [{"example_host": {"load": {"rate_rps": 500}}}],
      "journal": {"file": ")"
        + (folder / "disk/journal.db").string() + R"("},
      "admin": {"port": 0}
    })";
  }
  ~stage() { fs::remove_all(folder); }

  /// Runs a script in which `disk` is a tmpfs of 1 MiB, `run` starts the
  /// program in the background, `wait_for TEXT` waits until its log has it,
  /// and `stop` ends it and tells its exit code.
  process_result play(const std::string& script) const {
    std::ofstream{folder / "script"}
      << R"(
      cd ")"
      << folder.string() << R"("
      mount -t tmpfs -o size=1m tmpfs disk || exit 77
      run() {
        : > log # Before the program is there to write it: `wait_for` reads it.
        ")"
      << AUTO_TUNER_PROGRAM
      << R"(" run --config config.json >> log 2>&1 & pid=$!
      }
      wait_for() {
        n=0
        until grep -q "$1" log; do
          n=$((n + 1)); [ $n -lt 2400 ] || { echo "no: $1"; break; }
          sleep 0.1
        done
      }
      stop() { kill -INT $pid; wait $pid; echo "code $?"; }
    )" << script;
    return run_shell("unshare -m sh '" + (folder / "script").string() + "'");
  }

  std::string log() const {
    std::ifstream in{folder / "log"};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
};

bool contains(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

bool skipped(const process_result& x) {
  auto no_mounts = x.exit_code == 77 || contains(x.output, "unshare:");
  if (no_mounts)
    MESSAGE("skipped: needs the right to mount: " << x.output);
  return no_mounts;
}

} // namespace

TEST_CASE("E7 fault: on a full disk the host is served, and it is told") {
  stage on;
  auto played = on.play(R"(
    run
    wait_for "ready; the target runs with"
    dd if=/dev/zero of=disk/fill bs=4k 2>/dev/null
    wait_for "JOURNAL OFF"
    rm disk/fill
    wait_for "the journal works again"
    stop
  )");
  if (skipped(played))
    return;
  CHECK(played.output == "code 0\n");
  CHECK(contains(on.log(), "make room on its disk"));
  CHECK(contains(on.log(), "disk/journal.db"));
}

TEST_CASE("E7 fault: on a read-only disk the host is served, and it is told") {
  stage on;
  auto played = on.play(R"(
    run
    wait_for "ready; the target runs with"
    stop
    mount -o remount,ro disk
    run
    wait_for "JOURNAL OFF"
    wait_for "nothing is written: the journal is off"
    stop
  )");
  if (skipped(played))
    return;
  CHECK(played.output == "code 0\ncode 0\n");
  CHECK(contains(on.log(), "writable for this user"));
  CHECK_FALSE(contains(on.log(), ": change #"));
}
