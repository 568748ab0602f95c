#include "app/foreign/sensor.hpp"
#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <filesystem>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

http_answer answered(std::string body, int status = 200) {
  return {status, "text/plain; version=0.0.4", std::move(body), ""};
}

http_answer failed(std::string problem) {
  return {0, "", "", std::move(problem)};
}

/// A host that answers as it is told to, and the sensor that watches it.
class watched_host {
public:
  explicit watched_host(foreign_sensor_config x) {
    x.timeout_seconds = 0.5;
    sensor_ = make_foreign_sensor(
      x,
      {[this](const http_request& r) {
         asked.push_back(r);
         now_ += took;
         return answer(r);
       },
       [this](log_level level, const std::string& line) {
         log.push_back((level == log_level::warning ? "W " : "I ") + line);
       },
       [this] { return now_; }});
  }

  sample after(duration period) {
    now_ += period;
    asked.clear();
    log.clear();
    return sensor_.take();
  }

  /// What it says to a request.
  std::function<http_answer(const http_request&)> answer;
  duration took{};                 ///< By one request.
  std::vector<http_request> asked; ///< By the last sample.
  std::vector<std::string> log;    ///< Of the last sample.

private:
  duration now_ = 1h;
  polled_sensor sensor_;
};

foreign_sensor_config scraping() {
  foreign_sensor_config x;
  x.kind = "prometheus_text";
  x.url = "http://h:1/metrics?token=hidden";
  x.token_file = "/run/token";
  x.signals.completed = "done";
  return x;
}

foreign_sensor_config querying() {
  foreign_sensor_config x;
  x.kind = "promql";
  x.url = "https://p:9090/prom/";
  x.signals.completed = "sum(rate(done{a=\"b\"}[5s]))";
  x.signals.queue_length = "waiting";
  return x;
}

http_answer value(const std::string& x) {
  return answered(
    R"({"status":"success","data":{"resultType":"vector","result":[)"
    R"({"metric":{},"value":[1,")"
    + x + "\"]}]}}");
}

} // namespace

TEST_CASE("E3 a scraping sensor asks once a sample and reads what it gets") {
  watched_host host{scraping()};
  int n = 0;
  host.answer = [&](const http_request&) {
    return answered("done " + std::to_string(n += 10) + '\n');
  };
  CHECK(host.after(1s).completed == 0);
  CHECK(host.after(1s).completed == 10);
  REQUIRE(host.asked.size() == 1);
  CHECK(host.asked[0].url == "http://h:1/metrics?token=hidden");
  CHECK(host.asked[0].token_file == "/run/token");
  CHECK(host.asked[0].timeout == 500ms);
  CHECK(host.asked[0].bytes_max == 16 << 20);
  CHECK(host.log.empty());
}

TEST_CASE("E3 each kind of problem is told once, and when it is over") {
  watched_host host{scraping()};
  host.answer = [](const http_request&) { return answered("done 1\n"); };
  host.after(1s);
  host.answer = [](const http_request&) { return failed("refused"); };
  CHECK(host.after(1s).completed == 0);
  CHECK(
    host.log
    == std::vector<std::string>{"W sensor http://h:1/metrics: refused"});
  host.after(1s);
  CHECK(host.log.empty());
  host.answer = [](const http_request&) { return answered("", 500); };
  host.after(1s);
  CHECK(
    host.log
    == std::vector<std::string>{
      "W sensor http://h:1/metrics: answered with status 500",
      "I sensor http://h:1/metrics: well again: it answers (was: refused)"});
  host.answer = [](const http_request&) { return answered("other 1\n"); };
  host.after(1s);
  REQUIRE(host.log.size() == 2);
  CHECK(
    host.log[0]
    == "W sensor http://h:1/metrics: signals.completed: no series matches "
       "done");
  // What can't be seen is not well.
  host.answer = [](const http_request&) { return failed("refused"); };
  host.after(1s);
  CHECK(host.log.size() == 1);
  host.answer = [](const http_request&) { return answered("done 9\n"); };
  host.after(1s);
  CHECK(host.log.size() == 2);
  host.after(1s);
  CHECK(host.log.empty());
}

TEST_CASE("E3 an OpenMetrics answer without its end is no data") {
  watched_host host{scraping()};
  std::string body = "done 1\n# EOF\n";
  host.answer = [&](const http_request&) {
    auto x = answered(body);
    x.content_type = "application/openmetrics-text; version=1.0.0";
    return x;
  };
  host.after(1s);
  body = "done 8\n# EOF\n";
  CHECK(host.after(1s).completed == 7);
  body = "done 9";
  CHECK(host.after(1s).completed == 0);
  CHECK(host.log.size() == 1);
}

TEST_CASE("E3 a querying sensor asks for each signal") {
  watched_host host{querying()};
  host.answer = [](const http_request& x) {
    return value(x.url.ends_with("waiting") ? "4" : "25.5");
  };
  host.after(1s);
  auto seen = host.after(2s);
  CHECK(seen.completed == 51);
  CHECK(*seen.queue_length == 4);
  REQUIRE(host.asked.size() == 2);
  CHECK(
    host.asked[0].url
    == "https://p:9090/prom/api/v1/"
       "query?query=sum%28rate%28done%7Ba%3D%22b%22%7D%5B5s%5D%29%29");
}

TEST_CASE("E3 a query that fails leaves the others alone") {
  watched_host host{querying()};
  host.answer = [](const http_request& x) {
    return x.url.ends_with("waiting")
      ? answered(R"({"status":"error","error":"parse error"})", 400)
      : value("25");
  };
  host.after(1s);
  CHECK(
    host.log
    == std::vector<std::string>{
      "W sensor https://p:9090/prom/: signals.queue_length: the server says: "
      "parse error"});
  auto seen = host.after(1s);
  CHECK(seen.completed == 25);
  CHECK_FALSE(seen.queue_length);
  CHECK(host.log.empty());
}

TEST_CASE("E3 all queries of a sample share its time") {
  watched_host host{querying()};
  host.answer = [](const http_request&) { return value("1"); };
  host.after(1s);
  host.took = 300ms;
  host.after(1s);
  REQUIRE(host.asked.size() == 2);
  CHECK(host.asked[1].timeout == 200ms);
  host.took = 600ms;
  CHECK(host.after(1s).completed == 0);
  CHECK(host.asked.size() == 1);
  CHECK(host.log.size() == 1);
  // A server that does not answer is asked once, not for each signal.
  host.took = 0ms;
  host.answer = [](const http_request&) { return failed("refused"); };
  host.after(1s);
  CHECK(host.asked.size() == 1);
}

TEST_CASE("E3 a foreign target's sensor is read from a config as it stands") {
  auto loaded = load_config_text(
    R"({"targets": [{"kind": "foreign", "sensor": {
      "kind": "prometheus_text", "url": "http://127.0.0.1:8002/metrics",
      "workers": 2, "signals": {
        "completed": "nv_inference_request_success{model=\"m\"}",
        "latency": {"sum": "nv_inference_request_duration_us{model=\"m\"}",
                    "count": "nv_inference_request_success{model=\"m\"}",
                    "unit": "us"},
        "memory": {"ratio": "used"}}}}]})",
    "test");
  REQUIRE(loaded.ok());
  const auto& x = loaded.value.targets[0].sensor;
  CHECK(x.kind == "prometheus_text");
  CHECK(x.workers == 2);
  CHECK(x.signals.latency.unit == "us");
  CHECK(x.signals.memory.ratio == "used");
  auto again = load_config_text(to_json(loaded.value), "again");
  REQUIRE(again.ok());
  CHECK(again.value.targets[0].sensor.signals.completed == x.signals.completed);
}

TEST_CASE("E3 the hosts that are described for people can be watched") {
  std::filesystem::path folder{AUTO_TUNER_SOURCE_DIR "/config/hosts"};
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".json")
      continue;
    CAPTURE(entry.path().string());
    auto loaded = load_config_file(entry.path().string());
    for (const auto& x : loaded.errors)
      MESSAGE(to_string(x));
    CHECK(loaded.ok());
    for (const auto& target : loaded.value.targets)
      CHECK(target.kind == "foreign");
  }
}

TEST_CASE("E3 a host started anew is told once, with one scrape a round") {
  auto scrapes = 0;
  auto began = 1e9;
  foreign_sensor_config x = scraping();
  x.signals = {};
  x.signals.completed = "done";
  auto sensor = make_foreign_sensor(
    x,
    {[&](const http_request&) {
       ++scrapes;
       return answered(
         "done " + std::to_string(scrapes) + "\nprocess_start_time_seconds "
         + std::to_string(began) + '\n');
     },
     {}});
  CHECK_FALSE(sensor.restarted());
  sensor.take();
  began = 2e9;
  CHECK(sensor.restarted());
  CHECK(sensor.take().completed == 1);
  CHECK(scrapes == 2);
  CHECK_FALSE(sensor.restarted());
  sensor.take();
  sensor.take(); // A round of its own.
  CHECK(scrapes == 4);
}
