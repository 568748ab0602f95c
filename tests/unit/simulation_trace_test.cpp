#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace tuner;
using namespace tuner::simulation;

namespace {

arrivals_config trace_in(const std::string& path) {
  arrivals_config result;
  result.kind = "trace";
  result.file = path;
  return result;
}

/// @returns why a trace with this text can't be used; the file's name is left
/// out.
std::string problem_with(const std::string& text, const char* key_column = "") {
  temporary_file file{"trace.csv", text};
  auto config = trace_in(file.path);
  config.key_column = key_column;
  try {
    read_trace(config);
  } catch (const std::runtime_error& x) {
    std::string what = x.what();
    REQUIRE(what.starts_with(file.path + ':'));
    return what.substr(file.path.size() + 1);
  }
  return {};
}

} // namespace

TEST_CASE("E4 a trace is played as it was recorded, or faster") {
  temporary_file file{
    "trace.csv", "id,arrival_seconds,size\na,0,5\nb,1.5,6\nc,1.5,7\nd,4,8\n"};
  auto config = trace_in(file.path);
  auto trace = read_trace(config);
  REQUIRE(trace->size() == 4);
  for (auto [speedup, second] : {std::pair{1.0, 1.5}, {2.0, 0.75}, {0.5, 3}}) {
    config.speedup = speedup;
    auto load = make_load(config, trace, 1);
    CHECK(load->next().at == 0);
    CHECK(load->next().at == second);
    CHECK(load->next().at == second);
    auto last = load->next();
    CHECK(last.at == 4 / speedup);
    CHECK_FALSE(last.has_key);
    CHECK(std::isinf(load->next().at));
    CHECK(std::isinf(load->next().at));
  }
}

TEST_CASE("E4 a request of a trace may stand for several, spread in time") {
  temporary_file file{"trace.csv", "arrival_seconds\n0\n10\n10.5\n"};
  auto config = trace_in(file.path);
  config.copies = 40;
  config.copies_within_seconds = 2;
  auto trace = read_trace(config);
  REQUIRE(trace->size() == 120);
  auto in_order = [](const arrival& a, const arrival& b) {
    return a.at < b.at;
  };
  CHECK(std::is_sorted(trace->begin(), trace->end(), in_order));
  auto count = [&](double from, double to) {
    return std::count_if(trace->begin(), trace->end(), [&](const arrival& x) {
      return x.at >= from && x.at < to;
    });
  };
  CHECK(count(0, 2) == 40);
  CHECK(count(1, 2) > 5);
  CHECK(count(10, 12.5) == 80);
}

TEST_CASE("E4 a trace may name the cache keys") {
  temporary_file file{
    "trace.csv", "hash_ids,ms,time\n7,x,1\n12;15;18,,2\n12 3,,3.25e0\n"};
  auto config = trace_in(file.path);
  config.time_column = "time";
  config.key_column = "hash_ids";
  auto trace = read_trace(config);
  REQUIRE(trace->size() == 3);
  CHECK((*trace)[0].key == 7);
  CHECK((*trace)[1].key == 12); // The first of several.
  CHECK((*trace)[2].key == 12);
  CHECK((*trace)[2].has_key);
  CHECK((*trace)[2].at == 3.25);
  scenario what = exact_host({1, 0, 64});
  what.cache.emplace();
  auto seen = play(what, trace);
  REQUIRE(seen.lookups.size() == 3);
  CHECK(seen.lookups[0] == std::pair{example::scramble(7), false});
  CHECK(seen.lookups[1] == std::pair{example::scramble(12), false});
  CHECK(seen.lookups[2] == std::pair{example::scramble(12), true});
}

TEST_CASE("E4 a trace may end its lines as Windows does") {
  temporary_file file{"trace.csv", "key,arrival_seconds\r\n1,2\r\n3,4\r\n"};
  auto trace = read_trace(trace_in(file.path));
  REQUIRE(trace->size() == 2);
  CHECK(trace->back().at == 4);
}

TEST_CASE("E4 a trace without requests is no mistake") {
  temporary_file file{"trace.csv", "arrival_seconds\n"};
  auto trace = read_trace(trace_in(file.path));
  CHECK(trace->empty());
  CHECK(std::isinf(make_load(trace_in(file.path), trace, 1)->next().at));
  CHECK(play(exact_host({}), trace).arrivals.empty());
}

TEST_CASE("E4 what is wrong with a trace is named by file and line") {
  CHECK(
    problem_with("time\n1\n")
    == "1: no column \"arrival_seconds\" in the header");
  CHECK(
    problem_with("arrival_seconds\n1\n", "key")
    == "1: no column \"key\" in the header");
  const std::string wanted = "wanted an ascending time";
  for (auto rows :
       {"1\nsoon\n", "1\n\n", "1\n0.5\n", "1\n-1\n", "1\nnan\n", "1\ninf\n",
        "1\n2 s\n", "1\n2026-11-24\n", "1\n,5\n"}) {
    CAPTURE(rows);
    CHECK(
      problem_with("arrival_seconds,x\n" + std::string{rows})
      == "3: " + wanted);
  }
  CHECK(problem_with("arrival_seconds\n-1\n") == "2: " + wanted);
  CHECK(
    problem_with("arrival_seconds,key\n1,2\n3,\n", "key")
    == "3: " + wanted + " and a key");
  CHECK(
    problem_with("arrival_seconds,key\n1,2\n3,-4\n", "key")
    == "3: " + wanted + " and a key");
}

TEST_CASE("E4 a trace that is not there is named") {
  CHECK(problem_with("") == " can't be read, or is empty");
  CHECK_THROWS_WITH_AS(
    read_trace(trace_in("/nowhere/trace.csv")),
    "/nowhere/trace.csv: can't be read, or is empty", std::runtime_error);
}
