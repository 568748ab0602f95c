#include "actors/analyzer/blame.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1h};

const std::vector<knob_move> batch_up{{"batch_size", 32, 64, ""}};
const std::vector<knob_move> batch_down{{"batch_size", 32, 16, ""}};

} // namespace

TEST_CASE("A11 a step that was rolled back is off for a while and says until "
          "when") {
  blame_book book;
  CHECK_FALSE(book.held_because(batch_up, 100, start));
  book.blame(batch_up, 100, start);
  CHECK(
    book.held_because(batch_up, 100, start)
    == "batch_size up was rolled back at 1970-01-01T01:00:00.000Z under a load "
       "like this; not tried again until 1970-01-01T01:10:00.000Z");
  CHECK(book.held_because(batch_up, 100, start + 10min - 1ns));
  CHECK_FALSE(book.held_because(batch_up, 100, start + 10min));
}

TEST_CASE("A11 what is off is the knob, the way and the load, nothing else") {
  blame_book book;
  book.blame(batch_up, 100, start);
  CHECK(book.held_because({{"batch_size", 8, 33, ""}}, 100, start));
  CHECK_FALSE(book.held_because({{"batch_size", 8, 32, ""}}, 100, start));
  CHECK_FALSE(book.held_because(batch_down, 100, start));
  CHECK_FALSE(book.held_because({{"cache_size_mb", 1, 2, ""}}, 100, start));
  CHECK_FALSE(book.held_because({}, 100, start));
  CHECK(book.held_because(batch_up, 115, start));
  CHECK(book.held_because(batch_up, 85, start));
  CHECK_FALSE(book.held_because(batch_up, 200, start));
  CHECK_FALSE(book.held_because(batch_up, 50, start));
}

TEST_CASE("A11 one bad step holds the moves beside it, and all are blamed") {
  blame_book book;
  book.blame(
    {{"batch_size", 32, 64, ""}, {"batch_timeout_ms", 50, 40, ""}}, 100, start);
  CHECK(book.held_because(
    {{"cache_size_mb", 1, 2, ""}, {"batch_timeout_ms", 40, 30, ""}}, 100,
    start));
  CHECK_FALSE(
    book.held_because({{"batch_timeout_ms", 40, 50, ""}}, 100, start));
}

TEST_CASE("A11 each failure doubles the time off, up to the longest") {
  blame_book book{{10min, 1h}};
  auto now = start;
  for (auto off : {10min, 20min, 40min, 60min, 60min}) {
    book.blame(batch_up, 100, now);
    CHECK(book.held_because(batch_up, 100, now + off - 1ns));
    now += off;
    CHECK_FALSE(book.held_because(batch_up, 100, now));
  }
}

TEST_CASE("A11 a step that failed on the border of a regime counts on") {
  blame_book book;
  book.blame(batch_up, 100, start);
  book.blame(batch_up, 115, start + 10min);
  CHECK(book.held_because(batch_up, 100, start + 30min - 1ns));
}

TEST_CASE("A11 a failure is forgotten after as long again without one") {
  blame_book book;
  book.blame(batch_up, 100, start);
  SUBCASE("just before it, the time off doubles") {
    book.blame(batch_up, 100, start + 20min - 1ns);
    CHECK(book.held_because(batch_up, 100, start + 35min));
  }
  SUBCASE("then it starts anew") {
    book.blame(batch_up, 100, start + 20min);
    CHECK_FALSE(book.held_because(batch_up, 100, start + 30min));
  }
}

TEST_CASE("A11 without a first time off nothing is held") {
  blame_book book{{0s, 0s}};
  book.blame(batch_up, 100, start);
  book.blame(batch_up, 100, start);
  CHECK_FALSE(book.held_because(batch_up, 100, start));
}
