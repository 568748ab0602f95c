#include "tests/scenario/stage.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

constexpr steady_traffic twice_as_slow{20, 1000ms};

config sequential_config() {
  auto result = threshold_config();
  result.tuner.policy = "hold";
  result.tuner.judge = "auto"; // No batches are reported: by load.
  return result;
}

bool changed(const rehearsal& on) {
  return on.host_runs_with.at(knob::batch_size) == 64;
}

/// Plays a host that is slow with batches of 64, a second at a time.
void play_harm(rehearsal& on, int seconds) {
  for (int i = 0; i < seconds; ++i)
    on.play(1s, changed(on) ? twice_as_slow : calm);
}

/// Plays on until the old settings are back for a look.
void play_until_switched_back(rehearsal& on) {
  REQUIRE(on.ask<change>(apply_atom_v, batch_to(64)));
  for (int i = 0; i < 30 && changed(on); ++i)
    play_harm(on, 1);
  REQUIRE(at_start(on));
  REQUIRE(logged(on, "SWITCHBACK #1: the old settings are back") == 1);
}

} // namespace

TEST_CASE("B5 what is suspect is put back, tried once more, and blamed") {
  rehearsal on{sequential_config()};
  on.play(60s, calm);
  play_until_switched_back(on);
  CHECK(history_of(on).size() == 1); // Nothing is undone yet.
  for (int i = 0; i < 30 && !changed(on); ++i)
    play_harm(on, 1);
  CHECK(changed(on));
  CHECK(logged(on, "SWITCHBACK #1: the new settings again") == 1);
  play_harm(on, 20);
  CHECK(at_start(on));
  auto events = history_of(on);
  REQUIRE(events.size() == 2);
  CHECK(events[0].judged.result == outcome::rolled_back);
  CHECK(events[0].undone);
  CHECK(on.metric("auto_tuning_trials_total{verdict=\"rolled_back\"}") == 1);
  play_harm(on, 120); // Its checks come to nothing.
  CHECK(history_of(on).size() == 2);
}

TEST_CASE("B5 a slow spell that ends meanwhile is not blamed") {
  rehearsal on{sequential_config()};
  on.play(60s, calm);
  play_until_switched_back(on);
  on.play(120s, calm);
  CHECK(changed(on));
  REQUIRE(history_of(on).size() == 1);
  CHECK(history_of(on)[0].judged.result == outcome::kept);
}

TEST_CASE("B4 an operator's rollback ends a switchback") {
  rehearsal on{sequential_config()};
  on.play(60s, calm);
  play_until_switched_back(on);
  auto undone = on.ask<std::vector<change>>(rollback_atom_v, uint32_t{1});
  REQUIRE(undone);
  CHECK(undone->size() == 1);
  play_harm(on, 120);
  CHECK(at_start(on));
  CHECK(history_of(on).size() == 2);
}

TEST_CASE("A11 an urgent change during a switchback starts from the old ones") {
  rehearsal on{sequential_config()};
  on.play(60s, calm);
  play_until_switched_back(on);
  auto urgent = batch_to(40);
  urgent.urgent = true;
  REQUIRE(on.ask<change>(apply_atom_v, urgent));
  auto events = history_of(on);
  REQUIRE(events.size() == 3);
  CHECK(events[0].undone);
  CHECK(to_string(events[1].what.moves) == "batch_size 64 -> 32");
  CHECK(to_string(events[2].what.moves) == "batch_size 32 -> 40");
  on.play(60s, calm);
  CHECK(history_of(on)[2].judged.result == outcome::kept);
  CHECK(on.host_runs_with[knob::batch_size] == 40);
}

TEST_CASE(
  "B7 fault: actors killed during a switchback leave the old settings") {
  for (std::string victim : {"watchdog", "hand"}) {
    CAPTURE(victim);
    rehearsal on{sequential_config()};
    on.play(60s, calm);
    play_until_switched_back(on);
    auto parts = on.parts();
    auto dies = victim == "hand" ? caf::actor_cast<caf::actor>(parts.hand)
                                 : caf::actor_cast<caf::actor>(parts.dog);
    caf::anon_send_exit(dies, caf::exit_reason::kill);
    on.play(120s, calm);
    CHECK(at_start(on));
    CHECK(history_of(on)[0].judged.result == outcome::inconclusive);
    CHECK(status_of(on).state == tuning_state::enabled);
  }
}

TEST_CASE("B6 one, three and ten changes are undone in one go, newest first") {
  for (uint32_t steps : {1u, 3u, 10u}) {
    CAPTURE(steps);
    rehearsal on{threshold_config()};
    on.play(40s, calm);
    for (int i = 1; i <= 10; ++i) {
      REQUIRE(on.ask<change>(apply_atom_v, batch_to(32 + i)));
      on.play(30s, calm);
    }
    auto undone = on.ask<std::vector<change>>(rollback_atom_v, steps);
    REQUIRE(undone);
    REQUIRE(undone->size() == steps);
    CHECK(to_string(undone->front().moves) == "batch_size 42 -> 41");
    CHECK(on.host_runs_with[knob::batch_size] == 42 - steps);
  }
}
