#include "actors/log/actor_log.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

struct captured {
  std::vector<std::string> lines;

  std::shared_ptr<log_hub> hub(const log_params& p) {
    return std::make_shared<log_hub>(
      p, [] { return instant{1500ms}; },
      [this](std::string_view line) { lines.emplace_back(line); });
  }
};

} // namespace

TEST_CASE("D3 every line carries the time, the actor, its id and the target") {
  captured log;
  actor_log applier{log.hub({}), {"applier", 12, "gpu0"}};
  applier(log_level::warning, "ROLLBACK #", 3, ": batch_size 64 -> 32");
  REQUIRE(log.lines.size() == 1);
  CHECK(
    log.lines[0]
    == "1970-01-01T00:00:01.500Z warning applier#12 [gpu0]: ROLLBACK #3: "
       "batch_size 64 -> 32");
}

TEST_CASE("D3 lines can be JSON, whatever they say") {
  captured log;
  log_params p;
  p.format = "json";
  actor_log applier{log.hub(p), {"applier", 12, "gpu0"}};
  applier(log_level::info, "quote \" and\nline end");
  auto line = boost::json::parse(log.lines.at(0)).as_object();
  CHECK(line.at("actor").as_string() == "applier");
  CHECK(line.at("id").to_number<int>() == 12);
  CHECK(line.at("target").as_string() == "gpu0");
  CHECK(line.at("level").as_string() == "info");
  CHECK(line.at("message").as_string() == "quote \" and\nline end");
  CHECK(log.lines[0].find('\n') == std::string::npos);
}

TEST_CASE("D3 each actor has a level, changeable live") {
  captured log;
  log_params p;
  p.level = "warning";
  p.levels = {{"monitor", "debug"}};
  auto hub = log.hub(p);
  actor_log monitor{hub, {"monitor", 1, ""}};
  actor_log applier{hub, {"applier", 2, ""}};
  monitor(log_level::debug, "seen");
  applier(log_level::info, "unseen");
  CHECK(log.lines.size() == 1);
  CHECK(hub->set_level("applier", log_level::trace));
  applier(log_level::info, "seen");
  CHECK(log.lines.size() == 2);
  CHECK(hub->set_level("applier", log_level::off));
  applier(log_level::error, "unseen");
  CHECK(log.lines.size() == 2);
  CHECK_FALSE(hub->set_level("nobody", log_level::off));
}

TEST_CASE("D3 levels are taken over from another config") {
  captured log;
  auto hub = log.hub({});
  log_params p;
  p.level = "warning";
  p.levels = {{"monitor", "debug"}};
  hub->set_levels(p);
  CHECK(hub->level_of("monitor") == log_level::debug);
  CHECK(hub->level_of("applier") == log_level::warning);
  hub->set_levels({});
  CHECK(hub->level_of("monitor") == log_level::info);
}

TEST_CASE("D3 a log file is rotated") {
  auto folder = std::filesystem::temp_directory_path()
    / ("auto_tuner_log_test_" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder); // Of one that was killed.
  std::filesystem::create_directories(folder);
  log_params p;
  p.file = folder / "tuner.log";
  p.max_file_mb = 0.001;
  p.files = 2;
  {
    actor_log host{std::make_shared<log_hub>(p), {"host", 0, ""}};
    for (int i = 0; i < 100; ++i)
      host(log_level::info, "line ", i);
  }
  size_t files = 0;
  for (const auto& x : std::filesystem::directory_iterator{folder}) {
    CHECK(x.file_size() < 2000);
    ++files;
  }
  CHECK(files == 3);
  std::filesystem::remove_all(folder);
}

TEST_CASE(
  "D3 a log file that can't be opened is an error that says what to do") {
  log_params p;
  p.file = "/proc/nowhere/tuner.log";
  CHECK_THROWS_WITH_AS(
    log_hub{p},
    doctest::Contains("logging.file: /proc/nowhere/tuner.log can't be opened"),
    std::runtime_error);
}
