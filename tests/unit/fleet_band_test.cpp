#include "actors/fleet/band.hpp"
#include "tests/unit/observations.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tuner;
using namespace tuner::test;
using namespace std::chrono_literals;

namespace {

/// Members that do as they are told.
class played_band {
public:
  played_band() = default;

  void enter(const std::string& name, double batch_size, double rps = 20) {
    auto& x = group.members()[name];
    x.report.status = {tuning_state::enabled, "watching"};
    note(x, observed({100, rps}, {{"batch_size", batch_size}}));
  }

  /// @returns what is wanted now.
  orders look(duration later = 1s) {
    now += later;
    auto result = group.look(now);
    for (const auto& x : result)
      if (x.what == order::kind::adopt)
        asked.push_back(x);
    return result;
  }

  /// Waits for the members to gather.
  void gather() {
    look();
    look(20s);
  }

  history_event
  event(const std::string& who, uint64_t id, double from, double to) const {
    history_event result;
    result.target = who;
    result.what.id = change_id{id};
    result.what.kind = change_kind::tuning;
    result.what.at = now;
    result.what.moves = {{"batch_size", from, to, "why"}};
    return result;
  }

  void begins(const std::string& who, uint64_t id, double from, double to) {
    group.happened(event(who, id, from, to));
  }

  void ends(
    const std::string& who, uint64_t id, double from, double to, outcome how) {
    auto x = event(who, id, from, to);
    x.judged.result = how;
    x.judged.id = x.what.id;
    if (how != outcome::kept) {
      auto back = x;
      back.what.kind = change_kind::rollback;
      back.what.moves = {{"batch_size", to, from, "back"}};
      group.happened(back);
      x.undone = true;
    }
    group.happened(x);
  }

  /// The next one that was asked has its trial.
  void obeys(outcome how, uint64_t id = 1) {
    auto x = asked.front();
    asked.erase(asked.begin());
    auto move = x.wanted.moves.front();
    begins(x.member, id, move.from, move.to);
    ends(x.member, id, move.from, move.to, how);
    verdict judged;
    judged.id = change_id{id};
    judged.result = how;
    group.answered(x.member, judged, now);
  }

  double confirmed(const std::string& who) {
    return group.members().at(who).confirmed.at("batch_size");
  }

  band group{"web"};
  orders asked; ///< And not answered.
  instant now{1000s};
};

size_t count(const orders& x, order::kind what) {
  return static_cast<size_t>(std::count_if(
    x.begin(), x.end(), [&](const auto& one) { return one.what == what; }));
}

} // namespace

TEST_CASE("E5 a group begins with what most of its members have confirmed") {
  played_band on;
  on.enter("a", 24);
  on.enter("b", 32);
  on.enter("c", 32);
  CHECK(count(on.look(), order::kind::adopt) == 0); // More may come.
  on.gather();
  CHECK(on.group.confirmed() == settings{{"batch_size", 32}});
  REQUIRE(on.asked.size() == 1);
  CHECK(on.asked.front().member == "a");
  CHECK(
    on.asked.front().wanted.reason
    == "brought to what group web has confirmed");
  on.obeys(outcome::kept);
  CHECK(on.confirmed("a") == 32);
  on.look(1h);
  CHECK(on.asked.empty());
}

TEST_CASE("E5 a group is caught up with a fifth at a time") {
  played_band on;
  for (char c = 'a'; c < 'k'; ++c)
    on.enter(std::string(1, c), c < 'e' ? 24 : 32);
  on.gather();
  CHECK(on.asked.size() == 2);
  on.look();
  CHECK(on.asked.size() == 2);
  on.obeys(outcome::kept);
  on.look();
  CHECK(on.asked.size() == 2);
}

TEST_CASE("E5 A12 a member isn't asked about a knob that stands down there") {
  played_band on;
  on.enter("a", 24);
  on.enter("b", 32);
  on.enter("c", 32);
  auto& report = on.group.members().at("a").report;
  report.standing_down = {"batch_size"};
  on.gather();
  CHECK(on.asked.empty());
  CHECK(on.group.canary() == "b"); // It could try less.
  report.standing_down.clear();
  on.look();
  CHECK(on.asked.size() == 1);
}

TEST_CASE("E5 a wave begins when every verdict of the one before is in") {
  played_band on;
  for (char c = 'a'; c < 'k'; ++c)
    on.enter(std::string(1, c), 32);
  on.gather();
  REQUIRE(on.group.canary() == "a");
  on.begins("a", 1, 32, 24);
  CHECK(count(on.look(), order::kind::adopt) == 0);
  on.ends("a", 1, 32, 24, outcome::kept);
  on.look();
  CHECK(on.asked.size() == 2);
  CHECK(
    on.asked.front().wanted.reason == "rolled out to group web after #1 of a");
  on.obeys(outcome::kept);
  on.look(1min);
  CHECK(on.asked.size() == 1);
  on.obeys(outcome::kept);
  on.look();
  CHECK(on.asked.size() == 7);
  CHECK(on.group.confirmed().at("batch_size") == 32); // Not yet.
  while (!on.asked.empty())
    on.obeys(outcome::kept);
  on.look();
  CHECK(on.group.confirmed().at("batch_size") == 24);
}

TEST_CASE("E5 what a third of a wave rolls back is undone where it was kept") {
  played_band on;
  for (char c = 'a'; c < 'k'; ++c)
    on.enter(std::string(1, c), 32);
  on.gather();
  on.begins("a", 1, 32, 24);
  on.ends("a", 1, 32, 24, outcome::kept);
  on.look();
  on.obeys(outcome::kept, 5);
  on.obeys(outcome::rolled_back, 6);
  auto wanted = on.look();
  REQUIRE(count(wanted, order::kind::undo) == 2);
  for (const auto& x : wanted)
    if (x.what == order::kind::undo)
      CHECK(x.undone == (x.member == "a" ? change_id{1} : change_id{5}));
  CHECK(count(wanted, order::kind::blame) == 10);
  CHECK(on.group.confirmed().at("batch_size") == 32);
  CHECK(count(on.look(), order::kind::adopt) == 0);
}

TEST_CASE("E5 a member that can't be asked holds nobody up") {
  played_band on;
  for (auto name : {"a", "b", "c"})
    on.enter(name, 32);
  on.gather();
  on.begins("a", 1, 32, 24);
  on.ends("a", 1, 32, 24, outcome::kept);
  on.look();
  REQUIRE(on.asked.size() == 1);
  auto lost = on.asked.front().member;
  on.asked.clear();
  SUBCASE("it is lost") {
    on.group.members().at(lost).report.status.state = tuning_state::degraded;
  }
  SUBCASE("it left") {
    on.group.members().erase(lost);
  }
  SUBCASE("it refuses") {
    on.group.refused(lost, "paused by an operator", on.now);
  }
  on.look();
  REQUIRE(on.asked.size() == 1);
  CHECK(on.asked.front().member != lost);
}

TEST_CASE("E5 harm at the canary is told to the others, and goes no further") {
  played_band on;
  for (auto name : {"a", "b", "c"})
    on.enter(name, 32);
  on.gather();
  on.begins("a", 1, 32, 24);
  on.ends("a", 1, 32, 24, outcome::rolled_back);
  auto wanted = on.look();
  CHECK(count(wanted, order::kind::blame) == 2);
  CHECK(count(wanted, order::kind::adopt) == 0);
}

TEST_CASE("E5 an urgent change that cut a trial short is rolled out with it") {
  played_band on;
  for (auto name : {"a", "b"})
    on.enter(name, 32);
  on.gather();
  on.begins("a", 1, 32, 24);
  auto cut = on.event("a", 1, 32, 24);
  cut.judged.result = outcome::inconclusive; // But stays in force.
  on.group.happened(cut);
  auto urgent = on.event("a", 2, 0, 0);
  urgent.what.moves = {};
  on.group.happened(urgent);
  urgent.judged.result = outcome::kept;
  on.group.happened(urgent);
  on.look();
  REQUIRE(on.asked.size() == 1);
  CHECK(on.asked.front().wanted.moves.front().to == 24);
}

TEST_CASE("E5 one follows, and is told whom, and one leads") {
  played_band on;
  for (auto name : {"a", "b"})
    on.enter(name, 32);
  auto first = on.look();
  CHECK(count(first, order::kind::follow) == 2); // Nobody leads yet.
  for (const auto& x : first)
    CHECK(x.text != "");
  std::map<std::string, std::string> told;
  for (const auto& x : on.look(20s))
    if (x.what == order::kind::follow)
      told[x.member] = x.text;
  CHECK(told.at("a").empty());
  CHECK(told.at("b") == "follows group web: canary is a");
  CHECK(on.look().empty());
}
