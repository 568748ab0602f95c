#include "actors/targets/foreign/promql.hpp"
#include "actors/targets/foreign/scrape_sampler.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

/// @returns whether a host that shows these is taken to be started anew by the
/// last one.
bool anew(
  foreign_figure what, const std::vector<std::optional<double>>& values) {
  start_watch start;
  bool result = false;
  for (const auto& x : values) {
    foreign_figures figures;
    figures[what] = x;
    result = start.started_anew(figures);
  }
  return result;
}

/// @returns the same, scraped each second.
bool anew(
  const foreign_signals& signals, const std::vector<std::string>& shown,
  source_problems& problems) {
  scrape_sampler sampler{signals, 1};
  duration at{};
  for (const auto& x : shown)
    sampler.take(x, at += 1s, problems);
  return sampler.started_anew();
}

foreign_signals signals_of_done() {
  foreign_signals x;
  x.completed = "done";
  return x;
}

} // namespace

TEST_CASE("E3 a host that began later, or runs shorter, was started anew") {
  constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
  auto started = foreign_figure::started;
  CHECK_FALSE(anew(started, {1e9}));
  CHECK_FALSE(anew(started, {1e9, 1e9}));
  CHECK_FALSE(anew(started, {1e9, 1e9 + 1})); // Worked out from whole seconds.
  CHECK(anew(started, {1e9, 1e9 + 3}));
  CHECK(anew(started, {1e9, {}, 1e9 + 3}));
  CHECK_FALSE(anew(started, {1e9, 1e9 + 3, 1e9 + 3}));
  CHECK_FALSE(anew(started, {1e9, nan, 1e9}));
  CHECK_FALSE(anew(started, {{}, 1e9}));
  auto uptime = foreign_figure::uptime;
  CHECK_FALSE(anew(uptime, {10, 11}));
  CHECK_FALSE(anew(uptime, {10, 10}));
  CHECK(anew(uptime, {10, {}, 9}));
}

TEST_CASE("E3 a scraped host is known to be started anew by what it shows") {
  auto signals = signals_of_done();
  source_problems problems;
  SUBCASE("as Prometheus clients do, asked for or not") {
    std::string first = "done 7\nprocess_start_time_seconds 1e9\n";
    std::string second = "done 7\nprocess_start_time_seconds 1.1e9\n";
    CHECK(anew(signals, {first, second}, problems));
    CHECK_FALSE(anew(signals, {first, second, second}, problems));
    CHECK(problems.empty());
  }
  SUBCASE("or not at all, which is no problem") {
    CHECK_FALSE(anew(signals, {"done 7\n", "done 3\n"}, problems));
    CHECK(problems.empty());
  }
  SUBCASE("in its own words, and not in those of its exporter") {
    signals.started = "began";
    std::string first = "done 7\nbegan 10\nprocess_start_time_seconds 1e9\n";
    std::string second = "done 7\nbegan 10\nprocess_start_time_seconds 2e9\n";
    CHECK_FALSE(anew(signals, {first, second}, problems));
    CHECK(anew(signals, {first, "done 7\nbegan 20\n"}, problems));
  }
  SUBCASE("by its uptime") {
    signals.uptime = "up_seconds";
    CHECK(anew(
      signals, {"done 7\nup_seconds 10\n", "done 7\nup_seconds 1\n"},
      problems));
  }
  SUBCASE("but where it was asked for, its lack is told") {
    signals.started = "began";
    CHECK_FALSE(anew(signals, {"done 7\n"}, problems));
    CHECK(problems.count("signals.started") == 1);
  }
}

TEST_CASE("E3 a host queried of is known to be started anew, if asked for") {
  auto signals = signals_of_done();
  signals.started = "process_start_time_seconds";
  promql_sampler sampler{signals, 1};
  REQUIRE(sampler.queries().size() == 2);
  CHECK(sampler.queries()[1].path == "started");
  sampler.take({5, 1e9}, 1s);
  CHECK_FALSE(sampler.started_anew());
  sampler.miss(2s);
  sampler.take({5, 2e9}, 3s);
  CHECK(sampler.started_anew());
  sampler.miss(4s);
  CHECK_FALSE(sampler.started_anew());
}
