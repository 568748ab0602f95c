#pragma once

#include "tests/integration/processes.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace tuner::test {

inline const std::string simulate =
  std::string{AUTO_TUNER_PROGRAM} + " simulate ";

inline bool contains(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

/// A scenario file that is gone with the test.
struct scenario_file {
  explicit scenario_file(const std::string& text) {
    std::ofstream{path} << text;
  }
  ~scenario_file() { std::filesystem::remove(path); }
  scenario_file(const scenario_file&) = delete;
  scenario_file& operator=(const scenario_file&) = delete;

  std::string path = std::filesystem::temp_directory_path()
    / ("auto_tuner_simulate_test_" + std::to_string(::getpid()) + ".json");
};

/// Ten minutes in which there is something to tune: batches wait too long.
inline const std::string tunable = R"({
  "name": "tunable", "duration_seconds": 600, "slo": {"p95_latency_ms": 60},
  "arrivals": {"rates": [[0, 200]]},
  "service": {"workers": 1, "noise": 0.05},
  "cache": {"keys": 5000, "entry_kb": 64, "memory_limit_mb": 2048},
  "tuner": {"policy": "threshold", "observation_window_seconds": 30,
            "tuning_interval_seconds": 10}
})";

/// Runs the program. @returns the one object that it prints.
inline boost::json::object run(const std::string& arguments) {
  auto ended = run_shell(simulate + arguments);
  CAPTURE(ended.output);
  REQUIRE(ended.exit_code == 0);
  REQUIRE(std::ranges::count(ended.output, '\n') == 1);
  REQUIRE(ended.output.back() == '\n');
  boost::json::error_code error;
  auto parsed =
    boost::json::parse(ended.output, error); // Nothing may follow it.
  REQUIRE_FALSE(error);
  REQUIRE(parsed.is_object());
  return parsed.get_object();
}

inline double number(const boost::json::object& from, const char* key) {
  CAPTURE(key);
  REQUIRE(from.contains(key));
  const auto& x = from.at(key);
  REQUIRE(x.is_number());
  return x.to_number<double>();
}

inline std::string text(const boost::json::object& from, const char* key) {
  CAPTURE(key);
  REQUIRE(from.contains(key));
  REQUIRE(from.at(key).is_string());
  return std::string{from.at(key).get_string()};
}

} // namespace tuner::test
