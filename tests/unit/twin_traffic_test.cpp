#include "actors/analyzer/twin/traffic.hpp"
#include "tests/unit/toy_load.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

using namespace tuner;
using namespace tuner::twin;

TEST_CASE("A5 traffic follows a steady rate closely") {
  traffic seen;
  toy_load{}.feed(seen, 400, 120);
  auto x = seen.outlook(10);
  CHECK(std::abs(x.forecast - 400) < 25);
  CHECK(x.peak < 440);
  CHECK(x.low > 360);
}

TEST_CASE("A5 traffic follows a jump within two steps") {
  traffic seen;
  toy_load load;
  load.feed(seen, 100, 60);
  load.feed(seen, 800, 4);
  CHECK(std::abs(seen.outlook(0).forecast - 800) < 60);
}

TEST_CASE("A5 traffic remembers the peak and the low of five minutes") {
  traffic seen;
  toy_load load;
  load.feed(seen, 900, 60);
  load.feed(seen, 150, 180);
  CHECK(seen.outlook(0).peak > 850);
  CHECK(std::abs(seen.outlook(0).forecast - 150) < 25);
  load.feed(seen, 150, 150);
  CHECK(seen.outlook(0).peak < 250);
}

TEST_CASE("A5 traffic that rises is expected to rise further") {
  traffic seen;
  toy_load load;
  for (int i = 0; i < 60; ++i)
    load.feed(seen, 300 + 5 * i, 1);
  CHECK(seen.outlook(10).forecast > 600);
  CHECK(seen.outlook(10).peak > 750);
}

TEST_CASE("A5 traffic that jumped is not expected to rise further") {
  traffic seen;
  toy_load load;
  load.feed(seen, 850, 60);
  load.feed(seen, 1100, 20);
  CHECK(seen.outlook(10).forecast < 1200);
  CHECK(seen.outlook(10).peak < 1200);
}

TEST_CASE("A5 traffic names the peaks below another") {
  traffic seen;
  toy_load load;
  for (double rate : {900, 150, 500, 100})
    load.feed(seen, rate, 30);
  CHECK(std::abs(seen.peak_below(2000) - 900) < 60);
  CHECK(std::abs(seen.peak_below(510) - 500) < 60);
  CHECK(seen.peak_below(510) <= 510);
  CHECK(seen.peak_below(10) == 0);
}

TEST_CASE("A5 traffic knows where its rate stayed, not what it passed") {
  traffic seen;
  toy_load load;
  for (int i = 0; i < 8; ++i) {
    load.feed(seen, 400, 20);
    load.feed(seen, 800, 20);
  }
  CHECK(seen.stayed_at(400));
  CHECK(seen.stayed_at(800));
  // The means of ten seconds are there at each change.
  CHECK_FALSE(seen.stayed_at(600));
  load.feed(seen, 600, 30);
  CHECK(seen.stayed_at(600));
  load.feed(seen, 400, 300);
  CHECK_FALSE(seen.stayed_at(600));
}

TEST_CASE("A5 traffic makes arrivals of the same mean rate and burstiness") {
  traffic seen;
  toy_load{}.feed(seen, 500, 60);
  auto made = seen.synthesise(250, 5000);
  CHECK(made.back() == doctest::Approx(20));
  double squares = 0;
  for (size_t i = 1; i < made.size(); ++i)
    squares += std::pow((made[i] - made[i - 1]) * 250, 2);
  CHECK(squares / 5000 == doctest::Approx(2).epsilon(0.15)); // Exponential.
}

TEST_CASE("A5 bursts of a second are burstiness, not a change of the rate") {
  traffic seen;
  toy_load load;
  double highest = 0;
  for (int second = 0; second < 180; ++second) {
    load.feed(seen, second % 3 == 0 ? 900 : 1e-3, 1);
    if (second >= 60)
      highest = std::max(highest, seen.outlook(0).forecast);
  }
  CHECK(highest < 440);
  CHECK(std::abs(seen.outlook(0).mean - 300) < 60);
  // Made again: nine of ten gaps are as short as within a burst.
  auto made = seen.synthesise(300, 5000);
  size_t within = 0;
  for (size_t i = 1; i < made.size(); ++i)
    within += made[i] - made[i - 1] < 3.0 / 900;
  CHECK(within > 4500);
  CHECK(made.back() == doctest::Approx(5000.0 / 300));
}

TEST_CASE("A5 arrivals are made again as dense as the bursts were") {
  traffic seen;
  toy_load load;
  for (int second = 0; second < 180; ++second)
    load.feed(seen, second % 6 < 2 ? 900 : 1e-3, 1);
  auto made = seen.synthesise(300, 5000);
  std::vector<double> gaps;
  for (size_t i = 1; i < made.size(); ++i)
    gaps.push_back(made[i] - made[i - 1]);
  std::sort(gaps.begin(), gaps.end());
  // The median of exponential gaps at 900/s.
  CHECK(gaps[2500] == doctest::Approx(std::log(2) / 900).epsilon(0.1));
  CHECK(gaps.back() == doctest::Approx(4).epsilon(0.2)); // The silence.
}

TEST_CASE("A5 a jump of the rate is not burstiness, whenever it comes") {
  for (int steady : {60, 61})
    for (auto [before, after] : {std::pair{900, 150}, std::pair{150, 900}})
      for (int since : {8, 12, 20, 30}) {
        CAPTURE(steady);
        CAPTURE(after);
        CAPTURE(since);
        traffic seen;
        toy_load load;
        load.feed(seen, before, steady);
        load.feed(seen, after, since);
        std::map<int, double> in_second;
        for (auto at : seen.synthesise(900, 5000))
          ++in_second[static_cast<int>(at)];
        in_second.erase(std::prev(in_second.end())); // Not whole.
        // Poisson counts of 900 have a standard deviation of 30.
        for (const auto& [second, count] : in_second)
          CHECK(std::abs(count - 900) < 150);
      }
}

TEST_CASE("A5 a lower rate is one of fewer clients, not of slower ones") {
  traffic seen;
  toy_load load;
  for (int second = 0; second < 300; ++second)
    load.feed(seen, second % 6 < 2 ? 900 : 1e-3, 1);
  auto made = seen.synthesise(100, 1500);
  CHECK(made.back() == doctest::Approx(15));
  double silence = 0;
  for (size_t i = 1; i < made.size(); ++i)
    silence = std::max(silence, made[i] - made[i - 1]);
  CHECK(silence == doctest::Approx(4).epsilon(0.25)); // Not 12 s.
}

TEST_CASE("A5 a higher rate is one of more clients, not of quicker ones") {
  traffic seen;
  toy_load load;
  for (int second = 0; second < 300; ++second)
    load.feed(seen, second % 6 < 2 ? 900 : 1e-3, 1);
  auto made = seen.synthesise(345, 5000);
  CHECK(made.back() == doctest::Approx(5000.0 / 345));
  std::vector<double> gaps;
  for (size_t i = 1; i < made.size(); ++i)
    gaps.push_back(made[i] - made[i - 1]);
  std::sort(gaps.begin(), gaps.end());
  // Bursts are hardly denser: 15 % of other clients rarely burst meanwhile.
  CHECK(gaps[2500] > 0.93 * std::log(2) / 900);
}

TEST_CASE("A5 traffic learns burstiness from samples that name some arrivals") {
  traffic seen;
  sample x;
  for (int i = 0; i < 30; ++i) { // Ten at once each 20 ms, half a second noted.
    x.opened_at = instant{std::chrono::seconds{i}};
    x.closed_at = instant{std::chrono::seconds{i + 1}};
    x.offered = 500;
    x.arrivals_until = std::chrono::milliseconds{500};
    x.arrivals_us.clear();
    for (uint32_t us = 10'000; us < 500'000; us += 20'000)
      x.arrivals_us.insert(x.arrivals_us.end(), 10, us);
    seen.learn(x);
  }
  auto made = seen.synthesise(500, 5000);
  auto largest = 0.0;
  size_t together = 0;
  for (size_t i = 1; i < made.size(); ++i) {
    largest = std::max(largest, made[i] - made[i - 1]);
    together += made[i] - made[i - 1] < 1e-6;
  }
  CHECK(together > 4400);
  CHECK(largest < 0.025); // No gap reaches over what was not noted.
}

TEST_CASE("A5 traffic starts afresh when the clock is set back") {
  traffic seen;
  toy_load late;
  late.feed(seen, 100, 3600);
  toy_load early;
  early.feed(seen, 100, 20);
  CHECK(seen.recent(10).size() > 700);
  CHECK(seen.age_of(100) < 5);
}

TEST_CASE("A5 traffic knows its arrivals to the microsecond, however long it "
          "watches and after hours of silence") {
  traffic seen;
  toy_load load;
  for (int hours : {0, 1, 3}) {
    load.feed(seen, 5, 3600 * hours);
    load.pause(std::chrono::hours{hours});
    std::vector<double> came;
    for (int i = 0; i < 10; ++i) {
      auto x = load.second(20);
      for (auto us : x.arrivals_us)
        came.push_back(i + 1e-6 * us);
      seen.learn(x);
    }
    auto known = seen.recent(10);
    REQUIRE(known.size() == came.size());
    for (size_t i = 0; i < came.size(); ++i)
      CHECK(std::abs(known[i] - came[i]) < 3e-6);
  }
}

TEST_CASE("A5 traffic notes each gap once") {
  traffic seen;
  for (int i = 0; i < 30; ++i) { // All gaps are the same.
    sample x;
    x.opened_at = instant{std::chrono::seconds{3600 + i}};
    x.closed_at = x.opened_at + std::chrono::seconds{1};
    x.arrivals_until = std::chrono::seconds{1};
    for (uint32_t ms = 0; ms < 1000; ms += 10)
      x.arrivals_us.push_back(1000 * ms);
    seen.learn(x);
  }
  auto arrivals = seen.synthesise(100, 6000);
  std::map<long, int> gaps; // By tenths of a microsecond.
  int most = 0;
  for (size_t i = 1; i < arrivals.size(); ++i)
    most = std::max(
      most, ++gaps[std::lround(1e7 * (arrivals[i] - arrivals[i - 1]))]);
  CHECK(most > 2000);
  CHECK(most < 3000);
}

TEST_CASE("A5 traffic knows how old the oldest of a queue is") {
  traffic seen;
  toy_load{}.feed(seen, 200, 20);
  CHECK(seen.age_of(200) == doctest::Approx(1).epsilon(0.3));
  CHECK(seen.age_of(-5) < 0.2);
  CHECK(seen.age_of(1e9) > 15);
}

TEST_CASE("A5 traffic replays only arrivals that are completely known") {
  traffic seen;
  toy_load load;
  load.feed(seen, 100, 10);
  CHECK(seen.recent(5).size() > 300);
  auto cut = load.second(100);
  cut.arrivals_until = std::chrono::milliseconds{500};
  seen.learn(cut);
  CHECK(seen.recent(5).empty());
  load.feed(seen, 100, 6);
  CHECK(seen.recent(5).size() > 300);
}

TEST_CASE("A5 traffic without arrival times counts as Poisson") {
  traffic seen;
  sample x;
  x.closed_at = instant{std::chrono::seconds{1}};
  x.completed = 50;
  for (int i = 0; i < 20; ++i) {
    seen.learn(x);
    x.opened_at = x.closed_at;
    x.closed_at += std::chrono::seconds{1};
  }
  CHECK(seen.outlook(0).forecast == doctest::Approx(50));
  CHECK(seen.synthesise(50, 500).back() == doctest::Approx(10));
  CHECK(seen.recent(5).empty());
}

TEST_CASE("A5 traffic survives absurd samples") {
  traffic seen;
  sample x;
  seen.learn(x);
  x.closed_at = instant{std::chrono::seconds{1}};
  x.offered = NAN;
  seen.learn(x);
  x.offered = -5;
  seen.learn(x);
  x.offered = 1e18;
  seen.learn(x);
  auto rates = seen.outlook(10);
  CHECK(rates.forecast >= 0);
  CHECK(std::isfinite(rates.peak));
}

TEST_CASE("A5 traffic that came down is told from traffic that never rose") {
  traffic seen;
  toy_load load;
  load.feed(seen, 250, 60);
  CHECK_FALSE(seen.came_down());
  load.feed(seen, 900, 1);
  CHECK_FALSE(seen.came_down());
  load.feed(seen, 250, 1);
  CHECK(seen.came_down());
  load.feed(seen, 250, 30);
  CHECK_FALSE(seen.came_down());
}
