#include "actors/metrics/exposition.hpp"
#include "actors/metrics/metric_table.hpp"
#include "config/reference.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace {

std::string readme() {
  std::ifstream in{AUTO_TUNER_SOURCE_DIR "/README.md"};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

} // namespace

TEST_CASE("E6 the README holds every config key as the schema describes it") {
  auto text = readme();
  std::istringstream lines{tuner::reference()};
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("D1 the README names every metric") {
  auto text = readme();
  for (const auto& row : tuner::metric::observation_gauges()) {
    std::string name = row.name;
    CAPTURE(name);
    auto quantile = name.find("_latency_p"); // Shortened there to `_p95_`.
    auto wanted = quantile == name.npos ? name : name.substr(quantile + 8, 5);
    CHECK(text.find(wanted) != std::string::npos);
  }
  for (const auto& row :
       {tuner::metric::decisions, tuner::metric::rollbacks,
        tuner::metric::trials, tuner::metric::edits, tuner::metric::batch_size,
        tuner::metric::batch_timeout, tuner::metric::cache_size,
        tuner::metric::other_knob}) {
    CAPTURE(row.name);
    CHECK(text.find(row.name) != std::string::npos);
  }
}
