#include "app/admin/json_line.hpp"
#include "tests/unit/admin_fakes.hpp"
#include "tests/unit/contains.hpp"

#include <doctest/doctest.h>

#include <boost/json/value.hpp>

using namespace tuner;
using namespace tuner::test;
using namespace std::chrono_literals;

namespace {

history_event tuning(uint64_t id, double at) {
  history_event result;
  result.what.id = change_id{id};
  result.what.kind = change_kind::tuning;
  result.what.at = instant_from(at);
  result.what.moves = {{"batch_size", 32, 23, "p95 is too high"}};
  result.what.reason = "p95 is too high";
  result.what.settle = 2s;
  result.what.considered = {{{{"batch_size", 23}}, 7.5, 0.2, true}};
  result.judged.id = result.what.id;
  return result;
}

history_event judged(uint64_t id, double at) {
  auto result = tuning(id, at);
  result.judged.result = outcome::kept;
  result.judged.at = instant_from(at + 30);
  result.judged.reason = "p95 is 10 % lower";
  result.judged.numbers = {{"p95_ratio", 0.9}};
  return result;
}

observation point(double closed_at) {
  observation result;
  result.opened_at = instant_from(closed_at - 1);
  result.closed_at = instant_from(closed_at);
  result.completed = 480;
  result.in_force = {{"batch_size", 32}};
  return result;
}

} // namespace

TEST_CASE("D1 metrics are served as Prometheus reads them") {
  fake_service all;
  auto shown = all.ask(get("/metrics"));
  CHECK(shown.status == 200);
  CHECK(contains(shown.content_type, "version=0.0.4"));
  CHECK(contains(shown.body, "a_total 0"));
}

TEST_CASE("C4 health is that of the target that is worst off") {
  fake_service all{{"a", "b"}};
  auto well = all.ask(get("/healthz"));
  CHECK(well.status == 200);
  CHECK(json_in(well).at("status").as_string() == "enabled");
  all.targets[1]->state = {tuning_state::degraded, "watchdog died"};
  auto ill = all.ask(get("/healthz"));
  CHECK(ill.status == 503);
  CHECK(json_in(ill).at("reason").as_string() == "watchdog died");
  CHECK(json_in(ill).at("targets").as_array().size() == 2);
}

TEST_CASE("D5 status tells everything about every target") {
  fake_service all;
  all.target().events = {judged(6, 900), tuning(7, 960)};
  auto shown = json_in(all.ask(get("/api/v1/status")));
  CHECK(shown.at("now").to_number<double>() == 1000);
  CHECK(shown.at("uptime_seconds").to_number<double>() == 100);
  CHECK(shown.at("version").as_string() == "0.1.0");
  auto target = shown.at("targets").at(0).as_object();
  CHECK(target.at("state").as_string() == "enabled");
  CHECK(target.at("policy").as_string() == "twin");
  CHECK(target.at("slo").at("p95_latency_ms").to_number<double>() == 8);
  CHECK(target.at("knobs").at(0).at("name").as_string() == "batch_size");
  CHECK(target.at("settings").at("batch_size").to_number<double>() == 32);
  CHECK(target.at("trial").at("id").to_number<int>() == 7);
  CHECK(target.at("trial").at("since").to_number<double>() == 960);
  CHECK(target.at("trial").at("check_at").to_number<double>() == 992);
}

TEST_CASE("D5 status shows no trial where none is open, and no objective") {
  fake_service all;
  all.target().events = {judged(6, 900)};
  all.target().how.p95_latency_ms = {};
  auto target =
    json_in(all.ask(get("/api/v1/status"))).at("targets").at(0).as_object();
  CHECK(target.at("trial").is_null());
  CHECK(target.at("slo").at("p95_latency_ms").is_null());
  all.target().refusing = ec::not_running;
  target =
    json_in(all.ask(get("/api/v1/status"))).at("targets").at(0).as_object();
  CHECK(target.at("trial").is_null());
  CHECK(target.at("settings").as_object().empty());
}

TEST_CASE("D4 history lists the newest events, as many as asked for") {
  fake_service all;
  all.target().events = {judged(6, 900), tuning(7, 960)};
  auto shown = json_in(all.ask(get("/api/v1/history?limit=2&since=800.5")));
  CHECK(all.target().asked_history.limit == 2);
  CHECK(all.target().asked_history.since == instant_from(800.5));
  auto events = shown.at("events").as_array();
  REQUIRE(events.size() == 2);
  CHECK(events[0].at("verdict").as_string() == "kept");
  CHECK(events[1].at("verdict").as_string() == "open");
  all.ask(get("/api/v1/history"));
  CHECK(all.target().asked_history.limit == 100);
}

TEST_CASE("D4 a decision is told with evidence, candidates and verdict") {
  fake_service all;
  all.target().events = {judged(6, 900)};
  auto shown = json_in(all.ask(get("/api/v1/decisions/6")));
  CHECK(all.target().asked_history.id == 6);
  CHECK(shown.at("considered").at(0).at("p95_ms").to_number<double>() == 7.5);
  CHECK(shown.at("numbers").at("p95_ratio").to_number<double>() == 0.9);
  CHECK(
    contains(std::string{shown.at("explanation").as_string()}, "Change #6 at"));
}

TEST_CASE("D4 a decision that is not there is 404, an odd id is 400") {
  fake_service all;
  CHECK(code_in(all.ask(get("/api/v1/decisions/9"))) == "no_such_decision");
  for (auto id :
       {"0", "-1", "1.5", "x", "1x", "99999999999999999999", "1/2", "%31"}) {
    CAPTURE(id);
    auto refused = all.ask(get(std::string{"/api/v1/decisions/"} + id));
    CHECK(refused.status == 400);
    CHECK(code_in(refused) == "bad_id");
  }
  CHECK(all.ask(get("/api/v1/decisions/")).status == 404);
  CHECK(all.ask(get("/api/v1/decisions")).status == 404);
}

TEST_CASE("D5 the series is as long and as fine as asked for") {
  fake_service all;
  all.target().points = {point(990), point(991), point(992)};
  auto shown =
    json_in(all.ask(get("/api/v1/series?since=100&until=992.5&points=500")));
  CHECK(all.target().asked_series.from == instant_from(100));
  CHECK(all.target().asked_series.to == instant_from(992.5));
  CHECK(all.target().asked_series.points_max == 500);
  CHECK(shown.at("resolution_seconds").to_number<double>() == 1);
  CHECK(shown.at("points").as_array().size() == 3);
  CHECK(shown.at("points").at(0).at("closed_at").to_number<double>() == 990);
  all.ask(get("/api/v1/series"));
  CHECK(all.target().asked_series.to == instant_from(1000));
  CHECK(all.target().asked_series.from == instant_from(1000) - 1h);
  CHECK(all.target().asked_series.points_max == 1000);
}

TEST_CASE("D5 a target is chosen by name where there are several") {
  fake_service all{{"a", "b"}};
  all.targets[1]->points = {point(990)};
  auto shown = json_in(all.ask(get("/api/v1/series?target=b")));
  CHECK(shown.at("target").as_string() == "b");
  CHECK(shown.at("points").as_array().size() == 1);
  auto unnamed = all.ask(get("/api/v1/series"));
  CHECK(unnamed.status == 400);
  CHECK(contains(message_in(unnamed), "\"a\", \"b\""));
  auto unknown = all.ask(get("/api/v1/history?target=c"));
  CHECK(unknown.status == 404);
  CHECK(code_in(unknown) == "no_such_target");
  CHECK(all.ask(get("/api/v1/history?target=")).status == 404);
}

TEST_CASE("D5 a query is strict and says what is allowed") {
  fake_service all;
  struct row {
    std::string query;
    std::string said;
  };
  for (const auto& x : std::vector<row>{
         {"limt=3", "did you mean limit?"},
         {"limit=0", "a whole number from 1 to 5000"},
         {"limit=5001", "a whole number from 1 to 5000"},
         {"limit=1.5", "a whole number"},
         {"limit=", "a whole number"},
         {"limit=3&limit=4", "twice"},
         {"since=yesterday", "Unix seconds"},
         {"since=-1", "Unix seconds"},
         {"since=nan", "Unix seconds"},
         {"since=1e300", "Unix seconds"},
         {"since=%zz", "hexadecimal"},
         {"since=1%2", "hexadecimal"},
         {"=", "unknown"},
         {"&", "unknown"},
         {"\x01\xff=1", "unknown"}}) {
    CAPTURE(x.query);
    auto refused = all.ask(get("/api/v1/history?" + x.query));
    CHECK(refused.status == 400);
    CHECK(contains(message_in(refused), x.said));
  }
  for (auto path : {"/metrics", "/healthz", "/api/v1/status", "/api/v1/events"})
    CHECK(all.ask(get(std::string{path} + "?a=b")).status == 400);
  CHECK(all.ask(get("/api/v1/series?since=2&until=1")).status == 400);
  CHECK(all.ask(get("/api/v1/history?%6cimit=3&target=")).status == 200);
}

TEST_CASE("D5 what a target refuses is told with what to do") {
  fake_service all;
  all.target().refusing = ec::not_running;
  for (auto path :
       {"/api/v1/history", "/api/v1/series", "/api/v1/decisions/1"}) {
    auto refused = all.ask(get(path));
    CHECK(refused.status == 503);
    CHECK(code_in(refused) == "not_running");
  }
}

TEST_CASE("D5 the page and only the page is served besides") {
  fake_service all;
  CHECK(all.ask(get("/")).body == "<!doctype html>");
  CHECK(all.ask(get("/")).content_type == "text/html; charset=utf-8");
  for (auto path :
       {"",
        "//",
        "/index.html",
        "/.",
        "/..",
        "/../etc/passwd",
        "/assets/../../etc/passwd",
        "/assets/",
        "/%2e%2e/etc/passwd",
        "/metrics/",
        "/metrics/..",
        "/METRICS",
        "/metrics%00",
        "/healthz;x",
        "/api/v1",
        "/api/v1/",
        "/api/v2/status",
        "/api/v1/status/",
        "\\..\\..\\windows",
        "*",
        "http://localhost/metrics"}) {
    CAPTURE(path);
    auto refused = all.ask(get(path));
    CHECK(refused.status == 404);
    CHECK(code_in(refused) == "not_found");
  }
}

TEST_CASE("D5 other methods are 405 and say which to use") {
  fake_service all;
  for (auto path : {"/", "/metrics", "/api/v1/status", "/api/v1/decisions/1"})
    for (auto method :
         {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "",
          "X\n"}) {
      auto asked = get(path);
      asked.method = method;
      CAPTURE(path);
      CAPTURE(method);
      auto refused = all.ask(asked);
      CHECK(refused.status == 405);
      CHECK(
        refused.headers.at(0)
        == std::pair<std::string, std::string>{"Allow", "GET, HEAD"});
    }
  auto head = get("/healthz");
  head.method = "HEAD";
  CHECK(all.ask(head).status == 200);
  CHECK(all.ask(get("/api/v1/pause")).status == 405);
  CHECK(contains(message_in(all.ask(get("/api/v1/pause"))), "use POST"));
}

TEST_CASE("D5 numbers are written as people write them") {
  CHECK(
    json_line(boost::json::parse(
      R"({"a\n": [3.2E1, 1e-2, 1795625203.117406, 7, [], {}, null, "é"]})"))
    == R"({"a\n":[32,0.01,1795625203.117406,7,[],{},null,"é"]})");
}
