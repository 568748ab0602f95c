#include "actors/applier/history.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

change tuning(history& h, double from, double to) {
  change result;
  result.id = h.next_id();
  result.kind = change_kind::tuning;
  result.at = instant{1000s};
  result.moves = {{"batch_size", from, to, "because"}};
  result.reason = "because";
  h.append(result);
  return result;
}

} // namespace

TEST_CASE("B2 history keeps the last changes in order, bounded") {
  history h{"gpu0", 100};
  for (int i = 0; i < 250; ++i)
    tuning(h, i, i + 1);
  REQUIRE(h.events().size() == 100);
  CHECK(h.events().front().what.moves[0].from == 150);
  CHECK(h.events().back().what.moves[0].to == 250);
  CHECK(h.events().back().target == "gpu0");
  CHECK(h.next_id() == change_id{251});
}

TEST_CASE("B2 history holds what was seen before and after") {
  history h{"", 100};
  auto what = tuning(h, 32, 64);
  CHECK(h.unconfirmed().size() == 1);
  verdict how;
  how.id = what.id;
  how.result = outcome::kept;
  how.after.completed = 42;
  h.judge(how);
  CHECK(h.events().back().judged.after.completed == 42);
  CHECK(h.unconfirmed().empty());
  how.id = change_id{99};
  h.judge(how); // Unknown: ignored.
}

TEST_CASE("B4 a rollback is an event of its own and marks what it undid") {
  history h{"", 100};
  auto first = tuning(h, 32, 64);
  auto second = tuning(h, 64, 128);
  auto undone = rollback_of(second, instant{1030s}, "by an operator");
  CHECK(
    undone.reason
    == "Rollback by an operator after tuning at 1970-01-01T00:16:40.000Z");
  CHECK(to_string(undone.moves) == "batch_size 128 -> 64");
  h.append(undone);
  REQUIRE(h.events().size() == 3);
  CHECK(h.events()[1].undone);
  CHECK_FALSE(h.events()[2].undone);
  REQUIRE(h.last_undoable());
  CHECK(h.last_undoable()->what.id == first.id);
}

TEST_CASE("B6 the last changes are undone newest first") {
  history h{"", 100};
  CHECK(h.undoable(3).empty());
  CHECK_FALSE(h.last_undoable());
  tuning(h, 1, 2);
  tuning(h, 2, 3);
  tuning(h, 3, 4);
  auto last = h.undoable(2);
  REQUIRE(last.size() == 2);
  CHECK(last[0].moves[0].from == 3);
  CHECK(last[1].moves[0].from == 2);
  CHECK(h.undoable(10).size() == 3);
}

TEST_CASE("B2 a history of size zero still holds the last change") {
  history h{"", 0};
  tuning(h, 1, 2);
  CHECK(h.events().size() == 1);
}

TEST_CASE("E7 what was cut short before an open trial is unconfirmed too") {
  history h{"", 100};
  auto judge = [&](const change& what, outcome result) {
    verdict how;
    how.id = what.id;
    how.result = result;
    h.judge(how);
  };
  judge(tuning(h, 16, 32), outcome::kept);
  auto cut_short = tuning(h, 32, 64);
  judge(cut_short, outcome::inconclusive);
  auto open = tuning(h, 64, 128);
  REQUIRE(h.unconfirmed().size() == 2);
  CHECK(h.unconfirmed()[0].what.id == open.id);
  CHECK(h.unconfirmed()[1].what.id == cut_short.id);
  judge(open, outcome::kept);
  CHECK(h.unconfirmed().empty());
}

TEST_CASE("E7 a history goes on where another one ended") {
  history first{"", 100};
  tuning(first, 16, 32);
  auto second = tuning(first, 32, 64);
  history h{"", 1};
  h.restore({first.events().begin(), first.events().end()}, 2);
  REQUIRE(h.events().size() == 1);
  CHECK(h.events()[0].what.id == second.id);
  CHECK(h.coming_id() == change_id{3});
  CHECK(h.next_id() == change_id{3});
}
