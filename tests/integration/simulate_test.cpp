#include "tests/integration/simulate_runs.hpp"

#include <sstream>

using namespace tuner::test;

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

const fs::path source = AUTO_TUNER_SOURCE_DIR;

void check_settings(const json::value& x, bool has_cache) {
  REQUIRE(x.is_object());
  const auto& all = x.get_object();
  CHECK(all.size() == (has_cache ? 3 : 2));
  CHECK(number(all, "batch_size") >= 1);
  CHECK(number(all, "batch_timeout_ms") >= 0);
  if (has_cache)
    CHECK(number(all, "cache_size_mb") >= 1);
}

void check_figures(const json::object& x) {
  CHECK(number(x, "p50_latency_ms") > 0);
  CHECK(number(x, "p95_latency_ms") >= number(x, "p50_latency_ms"));
  CHECK(number(x, "p99_latency_ms") >= number(x, "p95_latency_ms"));
  for (auto key : {"slo_violation_ratio", "goodput_ratio"}) {
    CHECK(number(x, key) >= 0);
    CHECK(number(x, key) <= 1);
  }
  CHECK(number(x, "busy_workers") > 0);
  CHECK(number(x, "memory_mb") >= 0);
}

/// Every key of the contract, with its type.
void check_result(const json::object& x, bool has_cache) {
  CHECK_FALSE(text(x, "policy").empty());
  CHECK_FALSE(text(x, "judge").empty());
  CHECK(x.at("requests").is_number());
  check_figures(x);
  for (auto key : {"requests", "changes", "rollbacks", "inconclusive"})
    CHECK((x.at(key).is_int64() || x.at(key).is_uint64()));
  CHECK(number(x, "converged_at_seconds") >= 0);
  CHECK(number(x, "wall_seconds") >= 0);
  check_settings(x.at("final_settings"), has_cache);
}

/// @returns the output with the one figure left out that may differ.
std::string without_wall_time(const std::string& output) {
  auto from = output.find("\"wall_seconds\"");
  REQUIRE(from != std::string::npos);
  auto to = output.find_first_of(",}", from);
  return output.substr(0, from) + output.substr(to);
}

/// @returns the text of a scenario of the bench, cut to a minute.
std::string first_minute_of(const fs::path& path) {
  std::stringstream content;
  content << std::ifstream{path}.rdbuf();
  auto result = json::parse(content.str()).as_object();
  result["duration_seconds"] = 60;
  if (auto* arrivals = result.if_contains("arrivals"))
    if (auto* file = arrivals->as_object().if_contains("file"))
      *file = (path.parent_path() / file->as_string().c_str()).string();
  return json::serialize(result);
}

} // namespace

TEST_CASE("E4 simulate prints one object with every figure") {
  scenario_file file{tunable};
  auto x = run(file.path + " --json");
  check_result(x, true);
  CHECK(text(x, "policy") == "threshold");
  CHECK(number(x, "requests") > 100'000);
  CHECK(number(x, "requests") < 140'000);
  CHECK(number(x, "changes") > 0);
  CHECK_FALSE(x.contains("decisions"));
  CHECK_FALSE(x.contains("oracle"));
}

TEST_CASE("E4 simulate does without a cache and without an objective") {
  scenario_file file{R"({"duration_seconds": 60, "arrivals": {}, "service": {},
                         "tuner": {"policy": "hold"}})"};
  auto x = run(file.path + " --json --decisions");
  check_result(x, false);
  CHECK(number(x, "slo_violation_ratio") == 0);
  CHECK(number(x, "memory_mb") == 0);
  CHECK(number(x, "changes") == 0);
  CHECK(number(x, "converged_at_seconds") == 0);
  CHECK(x.at("decisions").as_array().empty());
}

TEST_CASE("E4 the same seed gives the same output, byte for byte") {
  scenario_file file{tunable};
  for (std::string options :
       {"--json", "--json --decisions", "--json --decisions --policy twin"}) {
    CAPTURE(options);
    auto run_once = [&](const std::string& seed) {
      auto ended = run_shell(simulate + file.path + ' ' + options + seed);
      REQUIRE(ended.exit_code == 0);
      return without_wall_time(ended.output);
    };
    auto once = run_once("");
    CHECK(once == run_once(""));
    CHECK(once == run_once(" --seed 1")); // What it is by default.
    CHECK(once != run_once(" --seed 2"));
  }
}

TEST_CASE("E4 simulate takes policy, judge and seed from the command line") {
  scenario_file file{tunable};
  auto x = run(file.path + " --json --policy hold --judge threshold --seed 7");
  CHECK(text(x, "policy") == "hold");
  CHECK(text(x, "judge") == "threshold");
  CHECK(number(x, "seed") == 7);
  auto last = run(file.path + " --json --policy hold --seed 1000000000000000");
  CHECK(number(last, "seed") == 1e15);
  CHECK(number(x, "changes") == 0);
}

TEST_CASE("E4 a run need not end on a whole second, or on a whole nanosecond") {
  for (std::string duration : {"1.001", "8.2", "12.3456789012", "59.999"}) {
    CAPTURE(duration);
    scenario_file file{
      R"({"duration_seconds": )" + duration + R"(, "arrivals": {}})"};
    CHECK(number(run(file.path + " --json"), "requests") > 50);
  }
}

TEST_CASE("E4 wrong options end with code 2 and say what is allowed") {
  scenario_file file{tunable};
  auto policy = run_shell(simulate + file.path + " --policy nonsense");
  CHECK(policy.exit_code == 2);
  CHECK(contains(policy.output, "--policy: \"nonsense\"; allowed: "));
  for (auto name : {"auto", "threshold", "twin", "hold"})
    CHECK(contains(policy.output, name));
  auto judge = run_shell(simulate + file.path + " --judge nonsense");
  CHECK(judge.exit_code == 2);
  CHECK(contains(judge.output, "--judge: \"nonsense\"; allowed: "));
  CHECK(contains(judge.output, "load_normalised"));
  for (auto options : {" --seed x", " --seed 1.5", " --seed -1", " --fast"})
    CHECK(run_shell(simulate + file.path + options).exit_code == 2);
  CHECK(run_shell(simulate).exit_code == 2);
}

TEST_CASE("E4 every bad scenario makes simulate exit 2 and say why") {
  size_t files = 0;
  for (const auto& file :
       fs::directory_iterator{source / "tests/integration/bad_scenarios"}) {
    CAPTURE(file.path().string());
    auto refused = run_shell(simulate + file.path().string() + " --json");
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.output, "allowed: "));
    ++files;
  }
  CHECK(files >= 15);
  auto missing = run_shell(simulate + "/nowhere/scenario.json");
  CHECK(missing.exit_code == 2);
  CHECK(contains(missing.output, "/nowhere/scenario.json"));
}

TEST_CASE("E4 a trace that can't be used is named") {
  scenario_file file{
    R"({"arrivals": {"kind": "trace", "file": "no_such_trace.csv"}})"};
  auto ended = run_shell(simulate + file.path);
  CHECK(ended.exit_code != 0);
  CHECK(contains(ended.output, "no_such_trace.csv: can't be read"));
}

TEST_CASE("E4 simulate adds the best static settings when asked") {
  scenario_file file{R"({
    "duration_seconds": 120, "slo": {"p95_latency_ms": 100},
    "arrivals": {"rates": [[0, 100]]}, "service": {"workers": 1},
    "tuner": {"policy": "hold"}
  })"};
  auto x = run(file.path + " --json --oracle");
  check_result(x, false);
  const auto& oracle = x.at("oracle").as_object();
  check_settings(oracle.at("settings"), false);
  check_figures(oracle);
  CHECK(number(oracle, "busy_workers") <= number(x, "busy_workers"));
  auto shown = run_shell(simulate + file.path + " --oracle");
  CHECK(shown.exit_code == 0);
  CHECK(contains(shown.output, "best static settings"));
}

TEST_CASE("E4 simulate shows the same to people, and explains itself") {
  scenario_file file{tunable};
  auto shown = run_shell(simulate + file.path + " --decisions");
  CHECK(shown.exit_code == 0);
  for (auto part :
       {"tunable, policy threshold", "p50 / p95 / p99", "busy workers",
        "changes", "settings at the end", "batch_size="})
    CHECK(contains(shown.output, part));
  auto help = run_shell(simulate + "--help");
  CHECK(help.exit_code == 0);
  for (auto option :
       {"FILE", "--policy", "--judge", "--seed", "--oracle", "--decisions",
        "--json"})
    CHECK(contains(help.output, option));
}

TEST_CASE("E4 every scenario of the bench runs") {
  size_t files = 0;
  for (const auto& x : fs::directory_iterator{source / "bench/scenarios"}) {
    if (x.path().extension() != ".json")
      continue;
    CAPTURE(x.path().string());
    scenario_file file{first_minute_of(x.path())};
    auto result = run(file.path + " --json --decisions");
    CHECK(number(result, "requests") > 0);
    check_settings(
      result.at("final_settings"),
      result.at("final_settings").as_object().size() == 3);
    ++files;
  }
  CHECK(files >= 10);
}
