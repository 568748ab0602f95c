#include "actors/analyzer/freeze.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

instant at(const std::string& text) {
  auto result = instant_of(text);
  REQUIRE(result);
  return *result;
}

freeze_window each(const std::string& moments, duration length) {
  return {{}, {}, cron_of(moments), length};
}

/// @returns until when `x` freezes at `now`, as text; empty if it does not.
std::string until(const freeze_window& x, const std::string& now) {
  auto result = frozen_until({x}, at(now));
  return result ? to_string(*result) : "";
}

} // namespace

TEST_CASE("A12 a moment is read as it is written, and nothing else is one") {
  for (std::string text :
       {"1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2261-12-31T00:00:00Z"})
    CHECK(to_string(at(text)) == text.substr(0, 19) + ".000Z");
  for (auto text :
       {"", "2026-12-24", "2026-12-24T00:00:00", "2026-12-24 00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-12-24T24:00:00Z", "2026-12-24T00:60:00Z", "2026-12-24T00:00:60Z",
        "1969-12-31T00:00:00Z", "2262-01-01T00:00:00Z", "2026-12-2aT00:00:00Z",
        "2026-12-24T00:00:00ZZ"}) {
    CAPTURE(text);
    CHECK_FALSE(instant_of(text));
  }
}

TEST_CASE("A12 a date range freezes from its first moment to before its last") {
  freeze_window x{
    at("2026-12-24T00:00:00Z"), at("2027-01-02T00:00:00Z"), {}, {}};
  CHECK(until(x, "2026-12-23T23:59:59Z") == "");
  CHECK(until(x, "2026-12-24T00:00:00Z") == "2027-01-02T00:00:00.000Z");
  CHECK(until(x, "2027-01-01T23:59:59Z") == "2027-01-02T00:00:00.000Z");
  CHECK(until(x, "2027-01-02T00:00:00Z") == "");
}

TEST_CASE("A12 office hours freeze from Monday to Friday") {
  auto x = each("0 9 * * 1-5", 480min);
  CHECK(until(x, "2026-11-25T08:59:59Z") == ""); // A Wednesday.
  CHECK(until(x, "2026-11-25T09:00:00Z") == "2026-11-25T17:00:00.000Z");
  CHECK(until(x, "2026-11-25T16:59:59Z") == "2026-11-25T17:00:00.000Z");
  CHECK(until(x, "2026-11-25T17:00:00Z") == "");
  CHECK(until(x, "2026-11-28T12:00:00Z") == ""); // A Saturday.
}

TEST_CASE("A12 a window may last over midnight, and over days") {
  auto night = each("30 22 * * *", 180min);
  CHECK(until(night, "2026-12-31T22:29:59Z") == "");
  CHECK(until(night, "2027-01-01T01:29:59Z") == "2027-01-01T01:30:00.000Z");
  CHECK(until(night, "2027-01-01T01:30:00Z") == "");
  auto weekend = each("0 18 * * 5", 62h);
  CHECK(until(weekend, "2026-11-30T07:59:59Z") == "2026-11-30T08:00:00.000Z");
  CHECK(until(weekend, "2026-11-30T08:00:00Z") == "");
}

TEST_CASE("A12 lists, ranges and steps mean what they mean to cron") {
  auto x = each("5,10-20/5 */6 * * *", 1min);
  for (auto now : {"05", "10", "15", "20"})
    CHECK(until(x, std::string{"2026-11-25T06:"} + now + ":30Z") != "");
  for (auto now : {"04", "06", "25", "55"})
    CHECK(until(x, std::string{"2026-11-25T06:"} + now + ":30Z") == "");
  CHECK(until(x, "2026-11-25T07:05:30Z") == "");
  CHECK(until(each("* * * 12 *", 1min), "2026-11-30T23:59:59Z") == "");
  CHECK(until(each("* * * 12 *", 1min), "2026-12-01T00:00:00Z") != "");
}

TEST_CASE("A12 a day matches by date or weekday, by both where one is any") {
  auto either = each("0 0 13 * 5", 24h); // The 13th, and Fridays.
  CHECK(until(either, "2026-12-13T12:00:00Z") != "");
  CHECK(until(either, "2026-12-11T12:00:00Z") != "");
  CHECK(until(either, "2026-12-12T12:00:00Z") == "");
  CHECK(until(each("0 0 * * 0", 24h), "2026-11-29T12:00:00Z") != "");
  CHECK(until(each("0 0 * * 7", 24h), "2026-11-29T12:00:00Z") != "");
  CHECK(until(each("0 0 13 * *", 24h), "2026-12-11T12:00:00Z") == "");
}

TEST_CASE("A12 what is no cron is refused") {
  for (auto text :
       {"",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 0 *",
        "* * * 13 *",
        "* * * * 8",
        "5-3 * * * *",
        "*/0 * * * *",
        "5/2 * * * *",
        "a * * * *",
        "1, * * * *",
        ",1 * * * *",
        "-1 * * * *",
        "1- * * * *",
        "1-2-3 * * * *",
        "* * * * MON",
        " * * * * *",
        "*  * * * *",
        "99999999999 * * * *",
        "*/ * * * *"}) {
    CAPTURE(text);
    CHECK_FALSE(cron_of(text));
  }
}

TEST_CASE("A12 of several windows the one that ends last counts") {
  freeze_window long_one{
    at("2026-12-24T00:00:00Z"), at("2027-01-02T00:00:00Z"), {}, {}};
  auto now = at("2026-12-24T09:30:00Z");
  CHECK(frozen_until({long_one, each("0 9 * * *", 60min)}, now) == long_one.to);
  CHECK(frozen_until({each("0 9 * * *", 60min), long_one}, now) == long_one.to);
  CHECK_FALSE(frozen_until({}, now));
}
