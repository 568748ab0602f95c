#include "app/example_host/schedule.hpp"
#include "app/example_host/trace.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

using namespace tuner;
using namespace tuner::example;

namespace {

/// Due times in seconds of all requests before `end`.
std::vector<double> arrivals(const load_config& load, double end) {
  auto x = make_schedule(load);
  std::vector<double> result;
  duration last{0};
  for (auto at = x->next(); at && seconds(*at) < end; at = x->next()) {
    REQUIRE(*at >= last);
    last = *at;
    result.push_back(seconds(*at));
  }
  return result;
}

/// Five standard deviations of a Poisson count are never passed by chance.
bool is_about(double count, double mean) {
  CAPTURE(count);
  CAPTURE(mean);
  return std::abs(count - mean) <= 5 * std::sqrt(mean);
}

/// How many of `times` lie in the first `share` of their period.
double
count_early(const std::vector<double>& times, double period, double share) {
  double result = 0;
  for (auto at : times)
    result += std::fmod(at, period) < share * period ? 1 : 0;
  return result;
}

double count(const std::vector<double>& times) {
  return static_cast<double>(times.size());
}

load_config load_of(const char* kind) {
  load_config result;
  result.kind = kind;
  return result;
}

std::string error_of(const load_config& load) {
  try {
    make_schedule(load);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "no error";
}

} // namespace

TEST_CASE("E1 example host: poisson arrivals have the asked rate and "
          "exponential gaps") {
  auto load = load_of("poisson");
  load.rate_rps = 200;
  auto times = arrivals(load, 500);
  CHECK(is_about(count(times), 100'000));
  double squares = 0;
  double long_gaps = 0;
  for (size_t i = 1; i < times.size(); ++i) {
    auto gap = times[i] - times[i - 1];
    squares += gap * gap;
    long_gaps += gap > 1.0 / 200 ? 1 : 0;
  }
  CHECK(squares / count(times) == doctest::Approx(2.0 / 4e4).epsilon(0.05));
  CHECK(
    long_gaps / count(times)
    == doctest::Approx(1 / std::numbers::e).epsilon(0.02));
}

TEST_CASE("E1 example host: on_off arrivals have the rate of each phase") {
  auto load = load_of("on_off");
  load.on_rate_rps = 300;
  load.off_rate_rps = 50;
  load.on_seconds = 3;
  load.off_seconds = 7;
  auto times = arrivals(load, 1000);
  auto on = count_early(times, 10, 0.3);
  CHECK(is_about(on, 300 * 300));
  CHECK(is_about(count(times) - on, 50 * 700));
  load.on_rate_rps = 0;
  times = arrivals(load, 1000);
  CHECK(count_early(times, 10, 0.3) == 0);
  CHECK(is_about(count(times), 50 * 700));
}

TEST_CASE("E1 example host: sine arrivals have the mean rate and swing around "
          "it") {
  auto load = load_of("sine");
  load.rate_rps = 100;
  load.amplitude_rps = 50;
  load.period_seconds = 10;
  auto times = arrivals(load, 1000);
  CHECK(is_about(count(times), 100'000));
  auto high = 500 * (100 + 50 * 2 / std::numbers::pi);
  CHECK(is_about(count_early(times, 10, 0.5), high));
}

TEST_CASE("E1 example host: a sine that would fall below 0 is cut off there") {
  auto load = load_of("sine");
  load.rate_rps = 0;
  load.amplitude_rps = 100;
  load.period_seconds = 10;
  auto times = arrivals(load, 1000);
  CHECK(is_about(count(times), 1000 * 100 / std::numbers::pi));
  CHECK(count_early(times, 10, 0.5) == count(times));
}

TEST_CASE("E1 example host: a trace is played over and over at its mean rate, "
          "faster if asked") {
  auto path = std::filesystem::temp_directory_path()
    / ("example_host_schedule_" + std::to_string(getpid()) + ".csv");
  std::ofstream{path} << "time_s\n10\n11\n13\n14\n";
  auto load = load_of("trace");
  load.file = path;
  auto rounds = 1500.0;
  auto period = 4 + 4.0 / 3;
  auto slow = arrivals(load, rounds * period - 0.1);
  load.speedup = 2;
  auto fast = arrivals(load, rounds * period / 2 - 0.1);
  std::filesystem::remove(path);
  CHECK(count(slow) == 4 * rounds);
  CHECK(count(fast) == 4 * rounds);
  CHECK(slow[0] == 0);
  CHECK(slow[2] == doctest::Approx(3));
  CHECK(slow[5] == doctest::Approx(period + 1));
  CHECK(fast[5] == doctest::Approx((period + 1) / 2));
}

TEST_CASE("E1 example host: the same seed gives the same arrivals, another "
          "seed others") {
  for (auto kind : {"poisson", "on_off", "sine"}) {
    auto load = load_of(kind);
    auto times = arrivals(load, 1);
    CHECK(arrivals(load, 1) == times);
    load.seed = 2;
    CHECK(arrivals(load, 1) != times);
  }
}

TEST_CASE("E1 example host: a rate of 0, or so low that nobody lives to see a "
          "request, sends nothing") {
  for (auto kind : {"poisson", "on_off", "sine"})
    for (auto rate : {0.0, 1e-12, 1e-300}) {
      auto load = load_of(kind);
      load.rate_rps = load.on_rate_rps = load.off_rate_rps = rate;
      load.amplitude_rps = 0;
      CAPTURE(kind);
      CAPTURE(rate);
      CHECK_FALSE(make_schedule(load)->next());
    }
  trace_schedule slow{{0, 1}, 1e-300};
  CHECK(slow.next() == duration{0});
  CHECK_FALSE(slow.next());
}

TEST_CASE("E1 example host: a load that makes no sense is refused with the "
          "name, the value and what is allowed") {
  CHECK(
    error_of(load_of("burst"))
    == "load.kind: \"burst\" is unknown; allowed are poisson, on_off, sine, "
       "trace");
  auto load = load_of("poisson");
  load.rate_rps = -1;
  CHECK(
    error_of(load) == "load.rate_rps: -1 is not a finite number of at least 0");
  load = load_of("sine");
  load.period_seconds = 0;
  CHECK(
    error_of(load) == "load.period_seconds: 0 is not a finite number above 0");
  load = load_of("on_off");
  load.off_seconds = -2;
  CHECK(
    error_of(load) == "load.off_seconds: -2 is not a finite number above 0");
  load = load_of("trace");
  load.speedup = 0;
  CHECK(error_of(load) == "load.speedup: 0 is not a finite number above 0");
}
