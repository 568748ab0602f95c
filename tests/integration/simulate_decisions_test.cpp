#include "tests/integration/simulate_runs.hpp"

#include <sstream>

using namespace tuner::test;

namespace {

namespace json = boost::json;

/// A host that is too slow one by one, where nothing happens but `changes`. Its
/// policy would shorten the timeout.
std::string scripted(const std::string& changes) {
  return R"({
    "name": "scripted", "duration_seconds": 600,
    "slo": {"p95_latency_ms": 60},
    "arrivals": {"rates": [[0, 200]]}, "service": {"workers": 1},
    "scripted": )"
    + changes + R"(,
    "tuner": {"policy": "threshold", "judge": "threshold",
              "observation_window_seconds": 30, "tuning_interval_seconds": 10}
  })";
}

bool is_number_or_null(const json::value& x) {
  return x.is_null() || x.is_number();
}

void check_knobs(const json::value& x) {
  REQUIRE(x.is_array());
  CHECK_FALSE(x.get_array().empty());
  for (const auto& item : x.get_array()) {
    const auto& move = item.as_object();
    CHECK_FALSE(text(move, "knob").empty());
    CHECK(number(move, "old") != number(move, "new"));
  }
}

void check_decision(const json::object& x) {
  CHECK(number(x, "id") > 0);
  auto at = number(x, "at");
  CHECK(at >= 0);
  check_knobs(x.at("knobs"));
  CHECK_FALSE(text(x, "reason").empty());
  CHECK(x.at("numbers").is_object());
  REQUIRE(is_number_or_null(x.at("verdict_at")));
  REQUIRE(is_number_or_null(x.at("undone_at")));
  if (x.at("verdict").is_null()) {
    CHECK(x.at("verdict_at").is_null());
    return;
  }
  auto verdict = text(x, "verdict");
  CHECK(
    (verdict == "kept" || verdict == "rolled_back"
     || verdict == "inconclusive"));
  CHECK(number(x, "verdict_at") >= at);
  if (verdict == "rolled_back")
    CHECK(number(x, "undone_at") > at);
}

/// Writes one knob's only move as `at: old -> new verdict`.
std::string in_short(const json::value& x) {
  const auto& decision = x.as_object();
  const auto& move = decision.at("knobs").as_array().at(0).as_object();
  std::ostringstream out;
  out << number(decision, "at") << ": " << number(move, "old") << " -> "
      << number(move, "new") << ' ' << json::serialize(decision.at("verdict"));
  return out.str();
}

} // namespace

TEST_CASE("E4 simulate lists each decision with what it was based on") {
  scenario_file file{tunable};
  auto x = run(file.path + " --json --decisions");
  const auto& decisions = x.at("decisions").as_array();
  CHECK(number(x, "changes") == static_cast<double>(decisions.size()));
  double before = 0;
  for (const auto& item : decisions) {
    const auto& decision = item.as_object();
    check_decision(decision);
    CHECK(number(decision, "at") >= before);
    before = number(decision, "at");
  }
  CHECK(number(x, "converged_at_seconds") >= before);
}

TEST_CASE("E4 scripted changes happen at their times, and nothing else does") {
  scenario_file file{scripted(
    R"([[120, {"batch_timeout_ms": 52}], [300.5, {"batch_timeout_ms": 50}]])")};
  auto x = run(file.path + " --json --decisions");
  const auto& decisions = x.at("decisions").as_array();
  REQUIRE(decisions.size() == 2);
  CHECK(in_short(decisions[0]) == "120: 50 -> 52 \"kept\"");
  CHECK(in_short(decisions[1]) == "300.5: 52 -> 50 \"kept\"");
  for (const auto& item : decisions) {
    check_decision(item.as_object());
    CHECK(item.as_object().at("undone_at").is_null());
  }
  CHECK(number(x, "rollbacks") == 0);
}

TEST_CASE("E4 a harmful scripted change is rolled back") {
  scenario_file file{
    scripted(R"([[120, {"batch_timeout_ms": 52}], [300, {"batch_size": 1}]])")};
  auto x = run(file.path + " --json --decisions --judge threshold");
  CHECK(text(x, "judge") == "threshold");
  const auto& decisions = x.at("decisions").as_array();
  REQUIRE(decisions.size() == 2);
  CHECK(in_short(decisions[0]) == "120: 50 -> 52 \"kept\"");
  CHECK(in_short(decisions[1]) == "300: 32 -> 1 \"rolled_back\"");
  const auto& harmful = decisions[1].as_object();
  CHECK(number(harmful, "undone_at") >= 330);
  CHECK(number(harmful, "undone_at") < 400);
  CHECK(number(x, "rollbacks") == 1);
  const auto& left = x.at("final_settings").as_object();
  CHECK(number(left, "batch_size") == 32);
  CHECK(number(left, "batch_timeout_ms") == 52);
}

TEST_CASE("E4 a scripted change that can't be made is not passed over") {
  scenario_file file{scripted(
    R"([[120, {"batch_timeout_ms": 52}], [125, {"batch_size": 16}],
        [300, {"batch_timeout_ms": 52}]])")};
  auto ended = run_shell(simulate + file.path + " --json");
  CHECK(ended.exit_code == 0);
  CHECK(contains(ended.output, "scripted change at 125 s to batch_size=16: "));
  CHECK(contains(ended.output, "scripted change at 300 s to batch_timeout"));
  auto json_only =
    run_shell('(' + simulate + file.path + " --json 2>/dev/null)");
  CHECK(json_only.output.front() == '{');
}
