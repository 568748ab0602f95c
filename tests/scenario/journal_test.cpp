#include "actors/journal/intent_slot.hpp"
#include "messages/fact_json.hpp"
#include "tests/scenario/stage.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <unistd.h>

using namespace tuner;
using namespace tuner::test;
namespace fs = std::filesystem;

namespace {

/// A journal for one test.
struct journal_file {
  fs::path folder = fs::temp_directory_path()
    / ("auto_tuner_journal_" + std::to_string(getpid()));
  journal_file() {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  ~journal_file() { fs::remove_all(folder); }

  std::string path() const { return (folder / "journal.db").string(); }

  config with(config c) const {
    c.journal.file = path();
    return c;
  }

  /// What the file has now, taken while it is in use: as after a kill -9.
  void keep_as(const fs::path& other) const {
    for (const auto* end : {"", "-wal"})
      fs::copy_file(
        path() + end, other.string() + end,
        fs::copy_options::overwrite_existing);
  }

  /// Has every write fail until it is called with false.
  void refuse_writes(bool x) const {
    SQLite::Database db{path(), SQLite::OPEN_READWRITE};
    for (const auto* table : {"event", "memo", "point", "confirmed"})
      db.exec(
        x ? std::string{"CREATE TRIGGER full_"} + table + " BEFORE INSERT ON "
            + table + " BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
          : std::string{"DROP TRIGGER full_"} + table);
  }
};

config hold_config() {
  auto result = threshold_config();
  result.tuner.policy = "hold";
  return result;
}

std::vector<history_event> recalled(rehearsal& on) {
  auto result = on.ask<std::vector<history_event>>(history_query{{}, 1000, 0});
  return result ? *result : std::vector<history_event>{};
}

/// Leaves a journal in which one change was kept.
void keep_batch_of_64(const journal_file& file) {
  rehearsal on{file.with(hold_config())};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  on.play(40s, calm);
  REQUIRE(history_of(on)[0].judged.result == outcome::kept);
}

} // namespace

TEST_CASE("E7 a tuner goes on where its predecessor stopped") {
  journal_file file;
  {
    rehearsal on{file.with(hold_config())};
    on.play(40s, calm);
    REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
    on.play(40s, calm);
    REQUIRE(history_of(on)[0].judged.result == outcome::kept);
  }
  rehearsal on{file.with(hold_config())};
  CHECK(on.host_runs_with.at(knob::batch_size) == 64);
  CHECK(logged(on, "goes on with what was confirmed last") == 1);
  REQUIRE(history_of(on).size() == 1);
  CHECK(history_of(on)[0].judged.result == outcome::kept);
  on.play(40s, calm);
  auto next = on.ask<change>(apply_atom_v, batch_to(48));
  REQUIRE(next);
  CHECK(next->id == change_id{2});
  CHECK(next->moves[0].from == 64);
}

TEST_CASE("E7 a trial that was open when the process died is undone first") {
  journal_file file;
  auto killed = file.folder / "killed.db";
  {
    rehearsal on{file.with(hold_config())};
    on.play(40s, calm);
    REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
    on.play(5s, calm);
    file.keep_as(killed);
  }
  auto c = hold_config();
  c.journal.file = killed.string();
  // The host lives on with what nobody confirmed.
  rehearsal on{c, [](host& x) { x.knobs().at(knob::batch_size).set(64); }};
  REQUIRE(on.calls.size() >= 2);
  CHECK(on.host_runs_with.at(knob::batch_size) == 32);
  auto past = history_of(on);
  REQUIRE(past.size() == 2);
  CHECK(past[0].judged.result == outcome::inconclusive);
  CHECK(past[0].undone);
  CHECK(past[1].what.kind == change_kind::rollback);
  CHECK(
    past[1].what.reason.find("because the tuner restarted")
    != std::string::npos);
  CHECK(recalled(on).size() == 2);
}

TEST_CASE(
  "E7 a change that was about to be written is found, whatever else is") {
  journal_file file;
  keep_batch_of_64(file);
  intent_slot slot{file.path() + "-intent"};
  SUBCASE("when it is the next one") {
    change what;
    what.id = change_id{2};
    what.kind = change_kind::tuning;
    what.at = instant{100s};
    what.moves = {{knob::batch_size, 64, 128, "why"}};
    slot.put(boost::json::serialize(to_json(what)));
    rehearsal on{file.with(hold_config())};
    auto events = recalled(on);
    REQUIRE(events.size() == 3);
    CHECK(events[2].what.id == change_id{2}); // The newest by its time.
    CHECK(events[2].undone);
    CHECK(on.host_runs_with.at(knob::batch_size) == 64);
  }
  SUBCASE("but not twice, when it is known") {
    REQUIRE(slot.get()); // Of the change that was kept.
    rehearsal on{file.with(hold_config())};
    CHECK(recalled(on).size() == 1);
  }
  SUBCASE("and passed over when another version wrote it") {
    slot.put(R"({"id": "of tomorrow"})");
    rehearsal on{file.with(hold_config())};
    CHECK(recalled(on).size() == 1);
    CHECK(status_of(on).state == tuning_state::enabled);
  }
}

TEST_CASE("E7 in mode advise a restart writes nothing but what undoes") {
  journal_file file;
  keep_batch_of_64(file);
  auto c = file.with(hold_config());
  c.tuner.mode = "advise";
  rehearsal on{c};
  on.play(10s, calm);
  CHECK(on.calls.empty());
  CHECK(on.host_runs_with.at(knob::batch_size) == 32);
}

TEST_CASE("E7 a knob that is switched off now is not resumed") {
  journal_file file;
  keep_batch_of_64(file);
  auto c = file.with(hold_config());
  c.tuner.enable_batch_size_tuning = false;
  rehearsal on{c};
  CHECK(on.host_runs_with.at(knob::batch_size) == 32);
}

TEST_CASE("A12 what an operator set survives a restart, and so does a pause") {
  journal_file file;
  {
    rehearsal on{file.with(threshold_config())};
    on.play(10s, calm);
    auto edit = on.ask<change>(set_atom_v, settings{{knob::batch_size, 16}});
    REQUIRE(edit);
    CHECK(edit->kind == change_kind::edit);
    CHECK(on.host_runs_with.at(knob::batch_size) == 16);
    CHECK(
      status_of(on).reason.find("batch_size stands down") != std::string::npos);
    REQUIRE(on.ask<tuning_status>(pause_atom_v));
  }
  {
    rehearsal on{file.with(threshold_config())};
    CHECK(on.host_runs_with.at(knob::batch_size) == 16);
    CHECK(status_of(on).state == tuning_state::paused);
    REQUIRE(on.ask<tuning_status>(resume_atom_v));
    CHECK(status_of(on).reason == "watching");
  }
  rehearsal on{file.with(threshold_config())};
  CHECK(status_of(on).reason == "watching");
}

TEST_CASE("A12 setting a knob during a trial is refused") {
  rehearsal on{hold_config()};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  auto edit = on.ask<change>(set_atom_v, settings{{knob::batch_size, 16}});
  REQUIRE_FALSE(edit);
  CHECK(edit.error() == ec::trial_in_progress);
  on.play(40s, calm);
  auto same = on.ask<change>(set_atom_v, settings{{knob::batch_size, 64}});
  REQUIRE_FALSE(same);
  CHECK(same.error() == ec::nothing_to_change);
  CHECK(status_of(on).reason == "watching");
}

TEST_CASE("B8 too many rollbacks are remembered over a restart") {
  journal_file file;
  {
    rehearsal on{file.with(threshold_config())};
    tempt(on, 50min);
    REQUIRE(status_of(on).state == tuning_state::advise);
  }
  rehearsal on{file.with(threshold_config())}; // Its clock begins again at 0.
  CHECK(status_of(on).state == tuning_state::advise);
  CHECK(status_of(on).reason.find("3 rollbacks within an hour") == 0);
}

TEST_CASE("E7 fault: a full disk stops changes and loses nothing") {
  journal_file file;
  rehearsal on{file.with(hold_config())};
  on.play(40s, calm);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  file.refuse_writes(true);
  on.play(40s, calm);
  CHECK(logged(on, "JOURNAL OFF") == 1);
  CHECK(logged(on, "disk is full") >= 1);
  // The trial ended as ever, and the host keeps what it was told.
  CHECK(history_of(on)[0].judged.result == outcome::kept);
  CHECK(on.host_runs_with.at(knob::batch_size) == 64);
  auto s = status_of(on);
  CHECK(s.state == tuning_state::advise);
  CHECK(s.reason.find("the journal is off") == 0);
  CHECK(on.metric("auto_tuning_journal_up") == 0);
  auto refused = on.ask<change>(apply_atom_v, batch_to(128));
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == ec::journal_off);
  CHECK(on.host_runs_with.at(knob::batch_size) == 64);
  // Undoing works all the same.
  REQUIRE(on.ask<std::vector<change>>(rollback_atom_v, uint32_t{1}));
  CHECK(on.host_runs_with.at(knob::batch_size) == 32);
  file.refuse_writes(false);
  on.play(10s, calm);
  CHECK(logged(on, "the journal works again") == 1);
  CHECK(on.metric("auto_tuning_journal_up") == 1);
  CHECK(status_of(on).state == tuning_state::enabled);
  auto events = recalled(on);
  REQUIRE(events.size() == 2);
  CHECK(events[0].judged.result == outcome::kept);
  CHECK(events[0].undone);
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(128)));
}

TEST_CASE("E7 fault: with a journal that can't be read the host is served") {
  journal_file file;
  {
    std::FILE* f = std::fopen(file.path().c_str(), "w");
    std::fputs(
      "no journal, but a text that is long enough to be read as one", f);
    std::fclose(f);
  }
  rehearsal on{file.with(threshold_config())};
  on.play(120s, slower);
  CHECK(at_start(on));
  CHECK(on.calls.empty());
  auto s = status_of(on);
  CHECK(s.state == tuning_state::advise);
  CHECK(s.reason.find("then start again") != std::string::npos);
  CHECK(on.metric("auto_tuning_journal_up") == 0);
  CHECK(logged(on, "JOURNAL OFF") == 1);
}

TEST_CASE("E7 fault: a journal that died is told, and nothing is changed") {
  rehearsal on{hold_config()};
  on.play(40s, calm);
  caf::anon_send_exit(on.parts().book, caf::exit_reason::kill);
  on.clock().drain();
  CHECK(status_of(on).state == tuning_state::advise);
  CHECK(on.metric("auto_tuning_journal_up") == 0);
  auto refused = on.ask<change>(apply_atom_v, batch_to(64));
  REQUIRE_FALSE(refused);
  CHECK(at_start(on));
}

TEST_CASE("D5 what the host did can be asked for") {
  rehearsal on{hold_config()};
  on.play(100s, calm);
  auto now = on.clock().now();
  auto points =
    on.ask<std::vector<observation>>(series_query{now - 60s, now, 1000});
  REQUIRE(points);
  CHECK(points->size() == 60);
  CHECK(points->back().completed == 20);
  CHECK(points->back().in_force.at(knob::batch_size) == 32);
}

TEST_CASE("A9 the curves a policy has learned survive a restart") {
  journal_file file;
  auto c = file.with(threshold_config());
  c.tuner.policy = "twin";
  c.tuner.slo.p95_latency_ms = 1000;
  auto serve = [](rehearsal& on, int seconds, int batches) {
    for (int i = 0; i < seconds; ++i) {
      for (int k = 0; k < batches; ++k)
        on.counts().record_batch(4 + k % 2, 0, 20ms);
      on.play(1s, calm);
    }
  };
  auto thought = [](rehearsal& on) {
    auto result = on.ask<analysis>(analyze_atom_v);
    return result ? result->reason : "";
  };
  {
    rehearsal on{c};
    serve(on, 8, 1); // Too few to learn from.
    CHECK(thought(on) == "Learning how long batches take");
    serve(on, 70, 4);
    CHECK(thought(on) != "Learning how long batches take");
  }
  rehearsal on{c};
  serve(on, 8, 1);
  CHECK(thought(on) != "Learning how long batches take");
  SQLite::Database db{file.path(), SQLite::OPEN_READONLY};
  CHECK(
    db.execAndGet("SELECT count(*) FROM memo WHERE kind = 'knowledge'").getInt()
    == 1);
}

TEST_CASE("A12 what someone changed by hand survives a restart") {
  journal_file file;
  {
    rehearsal on{file.with(hold_config())};
    on.play(5s, calm);
    on.host_runs_with[knob::batch_size] = 20;
    on.play(5s, calm);
    REQUIRE(history_of(on).size() == 1);
  }
  rehearsal on{file.with(hold_config())}; // A new process begins with 32.
  CHECK(on.host_runs_with[knob::batch_size] == 20);
}
