#include "actors/journal/downsampler.hpp"
#include "actors/journal/ledger.hpp"
#include "messages/fact_json.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace tuner;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A folder for one test.
struct folder {
  fs::path path = fs::temp_directory_path()
    / ("auto_tuner_ledger_" + std::to_string(getpid()));
  folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~folder() { fs::remove_all(path); }
  std::string file() const { return (path / "journal.db").string(); }
};

change tuning(uint64_t id, double from, double to) {
  change x;
  x.id = change_id{id};
  x.kind = change_kind::tuning;
  x.at = instant{std::chrono::seconds{1000 + id}};
  x.moves = {{"batch_size", from, to, "because"}};
  x.reason = "because";
  return x;
}

verdict judged(uint64_t id, outcome how) {
  verdict x;
  x.id = change_id{id};
  x.result = how;
  x.at = instant{std::chrono::seconds{1030 + id}};
  x.reason = "it is so";
  return x;
}

change undoing(const change& what) {
  change x = what;
  x.kind = change_kind::rollback;
  return x;
}

void kept(ledger& on, uint64_t id, double from, double to) {
  on.happened(tuning(id, from, to));
  on.settle({{}, {judged(id, outcome::kept)}, {{"batch_size", to}}, {}});
}

std::string problem_of(const std::string& file) {
  try {
    ledger{{file, "", 100}};
  } catch (const std::runtime_error& x) {
    return x.what();
  }
  return {};
}

observation point(int64_t at) {
  observation x;
  x.opened_at = instant{std::chrono::seconds{at}};
  x.closed_at = x.opened_at + 1s;
  x.completed = 100;
  x.latency_p95 = 12ms;
  x.cache_hit_ratio = 0.5;
  x.in_force = {{"batch_size", 32}};
  return x;
}

} // namespace

TEST_CASE("E7 what a ledger was told is there after it was opened again") {
  folder here;
  {
    ledger on{{here.file(), "gpu0", 100}};
    kept(on, 1, 32, 64);
    on.happened(tuning(2, 64, 128));
    on.note(memo{"regime", "20", "{}"});
    on.note(memo{"regime", "21", "{}"});
    on.note(memo{"regime", "21", ""});
    on.note(operation{instant{5s}, "ann", "pause"});
  }
  ledger on{{here.file(), "gpu0", 100}};
  auto found = on.recover(100);
  CHECK(found.confirmed == settings{{"batch_size", 64}});
  CHECK(found.last_id == 2);
  REQUIRE(found.events.size() == 2);
  CHECK(found.events[0].target == "gpu0");
  CHECK(found.events[0].judged.result == outcome::kept);
  CHECK(found.events[1].judged.result == outcome::open);
  CHECK(to_string(found.events[1].what.moves) == "batch_size 64 -> 128");
  REQUIRE(found.memos.size() == 1);
  CHECK(found.memos[0].key == "20");
  REQUIRE(on.operations({}).size() == 1);
  CHECK(on.operations({})[0].who == "ann");
}

TEST_CASE("E7 a change that was only intended is found as an open trial") {
  ledger on{{"", "", 100}};
  on.intend(tuning(1, 32, 64));
  auto found = on.recover(100);
  REQUIRE(found.events.size() == 1);
  CHECK(found.events[0].judged.result == outcome::open);
  CHECK(found.last_id == 1);
  kept(on, 2, 64, 128);
  on.intend(tuning(2, 0, 1)); // Known already.
  CHECK(on.recover(100).events[1].what.moves[0].to == 128);
}

TEST_CASE("E7 a settlement that fails leaves no part of it") {
  folder here;
  ledger on{{here.file(), "", 100}};
  kept(on, 1, 32, 64);
  SQLite::Database other{here.file(), SQLite::OPEN_READWRITE};
  other.exec("CREATE TRIGGER full BEFORE UPDATE OF verdict ON event BEGIN "
             "SELECT RAISE(ABORT, 'no'); END");
  CHECK_THROWS_AS(
    on.settle(
      {{undoing(tuning(1, 32, 64))},
       {judged(1, outcome::rolled_back)},
       {{"batch_size", 32}},
       {}}),
    std::runtime_error);
  other.exec("DROP TRIGGER full");
  auto found = on.recover(100);
  CHECK(found.confirmed == settings{{"batch_size", 64}});
  REQUIRE(found.events.size() == 1);
  CHECK_FALSE(found.events[0].undone);
  kept(on, 2, 64, 128); // And it goes on.
  CHECK(on.recover(100).events.size() == 2);
}

TEST_CASE("E7 targets share a file and don't see each other") {
  folder here;
  ledger a{{here.file(), "a", 100}};
  ledger b{{here.file(), "b", 100}};
  kept(a, 1, 32, 64);
  kept(b, 1, 32, 16);
  b.add(1s, point(10));
  CHECK(a.recover(100).confirmed == settings{{"batch_size", 64}});
  CHECK(b.recover(100).confirmed == settings{{"batch_size", 16}});
  CHECK(a.history({}).size() == 1);
  CHECK(a.series({instant{0s}, instant{100s}, 1000}).empty());
  CHECK(b.series({instant{0s}, instant{100s}, 1000}).size() == 1);
}

TEST_CASE("D4 history is asked for by time, number and id") {
  ledger on{{"", "", 1000}};
  for (uint64_t id = 1; id <= 10; ++id)
    kept(on, id, 32, 32 + static_cast<double>(id));
  on.settle({{undoing(tuning(10, 32, 42))}, {}, {}, {}});
  auto newest = on.history({{}, 3, 0});
  REQUIRE(newest.size() == 3);
  CHECK(newest[0].what.id == change_id{9});
  CHECK(newest[2].what.kind == change_kind::rollback);
  CHECK(newest[1].undone);
  CHECK(on.history({instant{1009s}, 100, 0}).size() == 3);
  REQUIRE(on.history({{}, 1, 4}).size() == 1);
  CHECK(on.history({{}, 1, 4})[0].what.id == change_id{4});
  CHECK(on.history({{}, 1, 77}).empty());
}

TEST_CASE("E7 a ledger keeps no more than it is told to, the newest") {
  ledger on{{"", "", 5}};
  for (uint64_t id = 1; id <= 20; ++id)
    kept(on, id, 32, 64);
  for (int64_t at = 0; at < 7200; at += 60)
    on.add(1s, point(at));
  on.tidy(instant{7200s});
  auto left = on.history({{}, 1000, 0});
  REQUIRE(left.size() == 5);
  CHECK(left.front().what.id == change_id{16});
  CHECK(on.recover(100).last_id == 20);
  // In memory seconds are kept for a quarter of an hour.
  auto points = on.series({instant{6600s}, instant{7200s}, 1000});
  CHECK(points.size() == 10);
  CHECK(on.series({instant{7200s - 900s}, instant{7200s}, 1000}).size() <= 15);
}

TEST_CASE("D5 a point of the series comes back as it was") {
  ledger on{{"", "", 5}};
  on.add(1s, point(10));
  auto found = on.series({instant{0s}, instant{100s}, 1000});
  REQUIRE(found.size() == 1);
  CHECK(to_json(found[0]) == to_json(point(10)));
}

TEST_CASE("D5 a series is as fine as the page has room for") {
  folder here;
  ledger on{{here.file(), "", 5}};
  on.add(1s, point(10));
  on.add(10s, point(20));
  on.add(60s, point(30));
  auto closed_at = [&](duration span, uint32_t points) {
    auto found = on.series({instant{0s}, instant{span}, points});
    return found.empty() ? 0 : seconds(found[0].closed_at.time_since_epoch());
  };
  CHECK(closed_at(15min, 1000) == 11);
  CHECK(closed_at(6h, 1000) == 21);
  CHECK(closed_at(24h, 1000) == 31);
}

TEST_CASE("E7 fault: a database of a newer version is left alone") {
  folder here;
  { ledger on{{here.file(), "", 5}}; }
  {
    SQLite::Database other{here.file(), SQLite::OPEN_READWRITE};
    other.exec(
      "PRAGMA user_version = " + std::to_string(ledger_schema_version() + 1));
  }
  auto problem = problem_of(here.file());
  CHECK(problem.find("journal.file: " + here.file()) == 0);
  CHECK(problem.find("newer version of auto_tuner") != std::string::npos);
}

TEST_CASE("E7 a database of each older version is brought up to date") {
  for (int version = 0; version < ledger_schema_version(); ++version) {
    CAPTURE(version);
    folder here;
    auto dump = std::string{AUTO_TUNER_SOURCE_DIR} + "/tests/unit/journal_v"
      + std::to_string(version) + ".sql";
    {
      SQLite::Database old{
        here.file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
      std::ifstream sql{dump};
      REQUIRE(sql);
      old.exec(std::string{std::istreambuf_iterator<char>{sql}, {}});
    }
    ledger on{{here.file(), "", 100}};
    on.note(operation{instant{5s}, "ann", "pause"});
    CHECK(on.operations({}).size() == 1);
    if (version > 0) {
      auto found = on.recover(100);
      CHECK(found.confirmed == settings{{"batch_size", 64}});
      REQUIRE(found.events.size() == 1);
      CHECK(found.events[0].judged.result == outcome::kept);
    }
  }
}

TEST_CASE("E7 fault: a migration that ends in the middle is done whole later") {
  folder here;
  {
    SQLite::Database old{
      here.file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    old.exec("CREATE TABLE operation(odd TEXT)"); // In the last step's way.
  }
  CHECK(problem_of(here.file()).find("already exists") != std::string::npos);
  {
    SQLite::Database old{here.file(), SQLite::OPEN_READWRITE};
    CHECK_FALSE(old.tableExists("event")); // Nothing of the first step.
    old.exec("DROP TABLE operation");
  }
  CHECK(problem_of(here.file()).empty());
}

TEST_CASE("E7 fault: what is no database is told as such and not touched") {
  folder here;
  std::ofstream{here.file()} << std::string(10'000, 'x');
  auto problem = problem_of(here.file());
  CHECK(
    problem.find("move it away, or name another file") != std::string::npos);
  CHECK(fs::file_size(here.file()) == 10'000);
}

TEST_CASE("E7 fault: damage in the middle of a database is told") {
  folder here;
  {
    ledger on{{here.file(), "", 1000}};
    for (uint64_t id = 1; id <= 300; ++id)
      kept(on, id, 32, 64);
    on.tidy(instant{2000s});
  }
  {
    std::fstream file{here.file(), std::ios::in | std::ios::out};
    auto size = fs::file_size(here.file());
    for (uintmax_t at = 8192; at + 4096 < size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(4096, '\xa5');
    }
  }
  std::string problem;
  try {
    ledger on{{here.file(), "", 1000}};
    on.recover(100);
  } catch (const std::runtime_error& x) {
    problem = x.what();
  }
  CHECK(problem.find("damaged") != std::string::npos);
}

TEST_CASE("E7 fault: a folder that is not there is told with what to do") {
  auto problem = problem_of("/nowhere/at/all/journal.db");
  CHECK(problem.find("/nowhere/at/all/journal.db") != std::string::npos);
  CHECK(problem.find("writable for this user") != std::string::npos);
}
