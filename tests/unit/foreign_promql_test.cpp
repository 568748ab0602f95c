#include "actors/monitor/histogram.hpp"
#include "actors/targets/foreign/promql.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

std::string answer(const std::string& type, const std::string& result) {
  return R"({"status":"success","data":{"resultType":")" + type
    + R"(","result":)" + result + "}}";
}

promql_answer vector_of(const std::string& result) {
  return read_promql_answer(answer("vector", result));
}

} // namespace

TEST_CASE("E3 a vector of one series and a scalar are values") {
  auto one =
    vector_of(R"([{"metric":{"a":"b"},"value":[1435781451.781,"1.5"]}])");
  CHECK(one.value == 1.5);
  CHECK(one.problem == "");
  CHECK(read_promql_answer(answer("scalar", R"([1,"2"])")).value == 2);
}

TEST_CASE("E3 no number is no data, and no fault either") {
  for (const auto& x :
       {vector_of(R"([{"metric":{},"value":[1,"NaN"]}])"),
        vector_of(R"([{"metric":{},"value":[1,"+Inf"]}])"),
        read_promql_answer(answer("scalar", R"([1,"NaN"])"))}) {
    CHECK_FALSE(x.value);
    CHECK(x.problem == "");
  }
}

TEST_CASE("E3 a query without a result is told") {
  auto x = vector_of("[]");
  CHECK_FALSE(x.value);
  CHECK(x.problem == "it gives no series just now");
}

TEST_CASE("E3 several series are told by number, and what to do") {
  auto x = vector_of(R"([{"metric":{"a":"1"},"value":[1,"1"]},
    {"metric":{"a":"2"},"value":[1,"1"]},{"metric":{"a":"3"},"value":[1,"1"]}])");
  CHECK_FALSE(x.value);
  CHECK(
    x.problem
    == "it gives 3 series instead of one: aggregate them, as in sum(...)");
}

TEST_CASE("E3 strings, matrices and the server's errors are told") {
  CHECK(
    read_promql_answer(answer("string", R"([1,"x"])")).problem.find("a string")
    != std::string::npos);
  CHECK(read_promql_answer(answer("matrix", "[]")).problem != "");
  CHECK(
    read_promql_answer(
      R"({"status":"error","errorType":"bad_data","error":"parse\nerror"})")
      .problem
    == "the server says: parse?error");
}

TEST_CASE("E3 what is no answer of Prometheus is told") {
  std::string deep(100'000, '[');
  for (const std::string& body :
       {std::string{}, std::string{"<html>"}, std::string{"[]"},
        std::string{"{}"}, deep, std::string{R"({"status":"success"})"},
        std::string{R"({"status":"success","data":[]})"},
        answer("vector", "{}"), answer("vector", "[1]"),
        answer("vector", "[{}]"), answer("vector", R"([{"value":[1]}])"),
        answer("vector", R"([{"value":[1,2]}])"),
        answer("vector", R"([{"value":[1,"two"]}])"), answer("scalar", "[]"),
        answer("1", "[]")}) {
    auto x = read_promql_answer(body);
    CAPTURE(body);
    CHECK_FALSE(x.value);
    CHECK(x.problem != "");
  }
}

TEST_CASE("E3 rates become counts by the time since the last sample") {
  foreign_signals signals;
  signals.completed = "sum(rate(done[5s]))";
  signals.cache_hits = "h";
  signals.cache_misses = "m";
  signals.cpu = "c";
  signals.busy = "b";
  signals.busy_unit = "ms";
  signals.queue_length = "q";
  promql_sampler sampler{signals, 3};
  REQUIRE(sampler.queries().size() == 6);
  CHECK(sampler.queries()[0].expression == "sum(rate(done[5s]))");
  std::vector<std::optional<double>> answers{40.25, 500., 8., 2., 1.5, 7.};
  CHECK(sampler.take(answers, 10s).completed == 0); // Of no time.
  auto seen = sampler.take(answers, 12s);
  CHECK(seen.completed == 80);
  CHECK(seconds(seen.busy) == doctest::Approx(1));
  CHECK(seen.cache_hits == 16);
  CHECK(seen.cache_misses == 4);
  CHECK(*seen.cpu_cores == 1.5);
  CHECK(*seen.queue_length == 7);
  CHECK(seen.workers == 3);
  CHECK(sampler.take(answers, 14s).completed == 81); // 0.5 was left.
  CHECK(sampler.miss(20s).completed == 0);
  CHECK(sampler.take(answers, 21s).completed == 40);
}

TEST_CASE("E3 quantiles of PromQL give a distribution that has them") {
  foreign_signals signals;
  signals.completed = "rate";
  signals.latency.p50 = "50";
  signals.latency.p95 = "95";
  signals.latency.unit = "ms";
  promql_sampler sampler{signals, 1};
  sampler.take({1000., 10., 30.}, 1s);
  auto seen = sampler.take({1000., 10., 30.}, 2s);
  histogram all;
  all.merge(seen.latencies);
  CHECK(all.total() == 1000);
  CHECK(milliseconds(all.quantile(0.5)) == doctest::Approx(10).epsilon(0.02));
  CHECK(milliseconds(all.quantile(0.95)) == doctest::Approx(30).epsilon(0.02));
  // Without any latency, requests are no evidence.
  CHECK(sampler.take({1000., {}, {}}, 3s).completed == 0);
  CHECK(sampler.take({{}, 10., 30.}, 4s).completed == 0);
}
