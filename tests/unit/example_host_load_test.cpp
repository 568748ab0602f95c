#include "app/example_host/schedule.hpp"
#include "app/example_host/trace.hpp"
#include "app/example_host/zipf.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <vector>

using namespace tuner;
using namespace tuner::example;

namespace {

struct trace_file {
  explicit trace_file(const std::string& text) { std::ofstream{path} << text; }
  ~trace_file() { std::filesystem::remove(path); }

  std::string path = std::filesystem::temp_directory_path()
    / ("auto_tuner_trace_test_" + std::to_string(::getpid()) + ".csv");
};

/// @returns how many requests are due between two seconds of a schedule.
int arrivals(const load_config& load, double from, double to) {
  auto times = make_schedule(load);
  int result = 0;
  duration last{0};
  for (auto at = times->next(); at && seconds(*at) < to; at = times->next()) {
    REQUIRE(*at >= last);
    last = *at;
    result += seconds(*at) >= from;
  }
  return result;
}

} // namespace

TEST_CASE("E1 example host: arrivals come at the rate of their kind") {
  load_config load;
  load.rate_rps = 1000;
  CHECK(arrivals(load, 0, 100) == doctest::Approx(100'000).epsilon(0.02));
  load.kind = "sine";
  load.amplitude_rps = 800;
  load.period_seconds = 40;
  CHECK(arrivals(load, 0, 120) == doctest::Approx(120'000).epsilon(0.02));
  CHECK(arrivals(load, 9, 11) == doctest::Approx(3600).epsilon(0.1));
  CHECK(arrivals(load, 29, 31) == doctest::Approx(400).epsilon(0.25));
  load.kind = "on_off";
  load.on_rate_rps = 3000;
  load.off_rate_rps = 100;
  load.on_seconds = load.off_seconds = 10;
  CHECK(arrivals(load, 0, 10) == doctest::Approx(30'000).epsilon(0.03));
  CHECK(arrivals(load, 10, 20) == doctest::Approx(1000).epsilon(0.15));
}

TEST_CASE("E1 example host: a trace is played at its speed, over and over") {
  trace_file file{"time_s,size\n10,1\n11,1\n12,1\n14,1\n"};
  load_config load;
  load.kind = "trace";
  load.file = file.path;
  load.speedup = 2;
  auto times = make_schedule(load);
  std::vector<double> seen;
  for (int i = 0; i < 5; ++i)
    seen.push_back(seconds(*times->next()));
  CHECK(seen[0] == doctest::Approx(0));
  CHECK(seen[1] == doctest::Approx(0.5));
  CHECK(seen[3] == doctest::Approx(2));
  CHECK(seen[4] == doctest::Approx(2 + 2.0 / 3)); // The mean gap, then again.
}

TEST_CASE("E1 example host: a bad trace is named with its line") {
  const std::pair<const char*, const char*> bad[] = {
    {"", ""},
    {"size\n1\n2\n", "time_s"},
    {"time_s\n1\nx\n", ":3"},
    {"time_s\n2\n1\n", ":3"},
    {"time_s\n1\nnan\n", ":3"},
    {"time_s,size\n1,2\n3\n", ":3"},
    {"time_s\n1\n", ""},
    {"time_s\n1\n1\n", ""},
  };
  for (const auto& [text, where] : bad) {
    CAPTURE(text);
    trace_file file{text};
    CHECK_THROWS_WITH_AS(
      read_trace(file.path, "time_s"), doctest::Contains(file.path.c_str()),
      trace_error);
    CHECK_THROWS_WITH_AS(
      read_trace(file.path, "time_s"), doctest::Contains(where), trace_error);
  }
  CHECK_THROWS_AS(read_trace("/nowhere.csv", "time_s"), trace_error);
}

TEST_CASE("E1 example host: keys are drawn by Zipf's law") {
  for (double exponent : {0.0, 0.9, 1.0, 1.5}) {
    CAPTURE(exponent);
    constexpr int ranks = 100;
    constexpr int draws = 400'000;
    zipf law{ranks, exponent};
    random_source random{3};
    std::vector<int> seen(ranks + 1);
    for (int i = 0; i < draws; ++i)
      ++seen.at(law.draw(random));
    double total = 0;
    for (int k = 1; k <= ranks; ++k)
      total += std::pow(k, -exponent);
    for (int k = 1; k <= ranks; ++k) {
      auto wanted = draws * std::pow(k, -exponent) / total;
      REQUIRE(
        std::abs(seen[static_cast<size_t>(k)] - wanted)
        < 5 * std::sqrt(wanted) + 1);
    }
  }
}
