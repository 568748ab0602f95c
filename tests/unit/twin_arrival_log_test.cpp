#include "actors/analyzer/twin/arrival_log.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace tuner;
using namespace tuner::twin;

namespace {

instant at(double second) {
  return instant{} + std::chrono::hours{1} + from_milliseconds(1e3 * second);
}

double clock_of(double second) {
  return 3600 + second;
}

/// A second with arrivals these ms after it began.
sample second(double begin, const std::vector<uint32_t>& ms) {
  sample x;
  x.opened_at = at(begin);
  x.closed_at = at(begin + 1);
  x.arrivals_until = std::chrono::seconds{1};
  for (auto at_ms : ms)
    x.arrivals_us.push_back(1000 * at_ms);
  return x;
}

/// Seconds on the samples' clock, in ms after the first hour.
std::vector<long> in_ms(const std::vector<double>& arrivals) {
  std::vector<long> result;
  for (auto x : arrivals)
    result.push_back(std::lround(1e3 * (x - 3600)));
  return result;
}

} // namespace

TEST_CASE("A5 the log of arrivals gives them back, and what was before them") {
  arrival_log seen;
  CHECK(seen.empty());
  CHECK(seen.around(0).empty());
  seen.add(second(0, {100, 900}));
  seen.add(second(1, {}));
  seen.add(second(2, {500, 500, 700}));
  CHECK(in_ms(seen.around(0)) == std::vector<long>{100, 900, 2500, 2500, 2700});
  CHECK(in_ms(seen.around(clock_of(2.6))).front() == 100);
  CHECK(
    in_ms(seen.around(clock_of(50))) == std::vector<long>{2500, 2500, 2700});
  CHECK(seen.complete_since() == clock_of(0));
  CHECK(seen.complete_until() == clock_of(3));
}

TEST_CASE("A5 the log of arrivals finds the one that so many came after") {
  arrival_log seen;
  seen.add(second(0, {100, 900}));
  seen.add(second(1, {200}));
  auto ms = [&](size_t later) { return in_ms({seen.before_last(later)})[0]; };
  CHECK(ms(0) == 1200);
  CHECK(ms(1) == 900);
  CHECK(ms(2) == 100);
  CHECK(ms(3) == 100);
  CHECK(ms(1'000'000) == 100);
}

TEST_CASE("A5 the log of arrivals knows where it has holes") {
  arrival_log seen;
  seen.add(second(0, {100}));
  auto cut = second(1, {100, 200});
  cut.arrivals_until = std::chrono::milliseconds{300};
  seen.add(cut);
  CHECK(seen.complete_since() == clock_of(0));
  CHECK(seen.complete_until() == doctest::Approx(clock_of(1.3)));
  seen.add(second(2, {100}));
  CHECK(seen.complete_since() == clock_of(2));
  CHECK(seen.complete_until() == clock_of(3));
  sample silent = second(3, {});
  silent.arrivals_until = {};
  seen.add(silent);
  CHECK(seen.empty());
  CHECK(seen.complete_since() == clock_of(4));
}

TEST_CASE("A5 the log of arrivals is bounded by time and by number") {
  arrival_log seen;
  for (int i = 0; i < 100; ++i)
    seen.add(second(i, {500}));
  CHECK(in_ms(seen.around(0)).front() == 60'500);
  CHECK(seen.complete_since() == doctest::Approx(clock_of(59.5)));
  auto many = second(100, {});
  for (uint32_t i = 0; i < 30'000; ++i)
    many.arrivals_us.push_back(30 * i);
  seen.add(many);
  CHECK(seen.around(0).size() == 30'039); // One is 40 s old by now.
  many.opened_at = at(101);
  many.closed_at = at(102);
  seen.add(many);
  CHECK(seen.around(0).size() == 30'000);
}

TEST_CASE(
  "A5 the log of arrivals starts afresh when the clock is set back, and "
  "leaves out what is older than what it has") {
  arrival_log seen;
  seen.add(second(1000, {500}));
  seen.add(second(10, {500}));
  CHECK(in_ms(seen.around(0)) == std::vector<long>{10'500});
  CHECK(seen.complete_since() == clock_of(10));
  auto overlapping = second(10.4, {0, 50, 200, 100, 300});
  seen.add(overlapping);
  CHECK(in_ms(seen.around(0)) == std::vector<long>{10'500, 10'600, 10'700});
}
