#include "actors/targets/foreign/document.hpp"
#include "actors/targets/knob_ports.hpp"
#include "app/foreign/http_effector.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace tuner;

TEST_CASE("E3 nothing but the number named changes in a document") {
  std::string text =
    R"({ "z": 18446744073709551617, "a":[1.10, {"x~/":"7","n":5}],"e":{} })";
  CHECK(
    document::with_number(text, "/a/1/n", 2.5)
    == R"({ "z": 18446744073709551617, "a":[1.10, {"x~/":"7","n":2.5}],"e":{} })");
  CHECK(
    document::with_number(text, "/a/1/x~0~1", 8)
    == R"({ "z": 18446744073709551617, "a":[1.10, {"x~/":"8","n":5}],"e":{} })");
  CHECK(
    document::with_number(text, "/e/new", 1e6)
    == R"({ "z": 18446744073709551617, "a":[1.10, {"x~/":"7","n":5}],"e":{"new":1000000} })");
}

TEST_CASE("E3 a document is refused that has no place for the number") {
  for (const char* text :
       {"", "{", "<html>", "{\"a\":1,\"a\":2}", "{\"a\":null}", "[1]", "3",
        "{\"a\":[1]}", "{\"a\":\"x\"}", "{\"a\":\"\"}"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(document::with_number(text, "/a", 1), std::runtime_error);
  }
  CHECK_THROWS_AS(
    document::with_number("{\"a\":[1]}", "/a/1", 1), std::runtime_error);
  CHECK_THROWS_AS(
    document::with_number("{\"a\":1}", "/b/c", 1), std::runtime_error);
}

TEST_CASE("E3 an embedded document is changed where it is, or sent wrapped") {
  std::string outer = R"({"v":1,"config":"{\"d\": 5}"})";
  auto inner =
    document::with_number(document::text_at(outer, "/config"), "/d", 6);
  CHECK(
    document::with_text(outer, "/config", inner)
    == R"({"v":1,"config":"{\"d\": 6}"})");
  CHECK(
    document::wrapped(inner, "/parameters/config")
    == R"({"parameters":{"config":"{\"d\": 6}"}})");
}

TEST_CASE("E3 Ray Serve gets all applications back, and its refusal is told") {
  std::string shown =
    R"({"proxy_location":"HeadOnly","proxies":{},"applications":{"a":{"deployed_app_config":{"name":"a","n":1}},"b":{"deployed_app_config":{"name":"b"}}}})";
  foreign_effector_config x;
  x.knob = "n";
  x.scale = 1000;
  x.http.read_url = "http://h/?key=hidden";
  x.http.pointer = "/applications/a/deployed_app_config/n";
  x.http.layout = "ray_serve";
  std::string sent;
  auto status = 200;
  auto port = http_host(
                {x},
                [&](const http_request& request) {
                  http_answer answer;
                  answer.status = request.method == "GET" ? 200 : status;
                  answer.body =
                    request.method == "GET" ? shown : "no such field";
                  if (request.method == "PUT")
                    sent = request.body;
                  return answer;
                })
                .knobs()
                .at("n");
  port.set(5.1);
  CHECK(
    sent
    == R"({"proxy_location":"HeadOnly","applications":[{"name":"a","n":5100},{"name":"b"}]})");
  CHECK(port.get() == 0.001);
  status = 400;
  CHECK_THROWS_WITH_AS(
    port.set(1), "PUT http://h/: status 400: no such field",
    std::runtime_error);
}

TEST_CASE("E3 knobs of one document that change together are written once") {
  std::map<std::string, std::string> documents{
    {"http://h/1", R"({"a":1,"b":2})"}, {"http://h/2", R"({"c":3})"}};
  auto writes = 0;
  std::vector<foreign_effector_config> effectors(3);
  knob_table knobs;
  for (std::size_t i = 0; i < effectors.size(); ++i) {
    auto& x = effectors[i];
    x.knob = "abc"[i];
    x.http.read_url = i < 2 ? "http://h/1" : "http://h/2";
    x.http.pointer = '/' + x.knob;
    knobs.knobs.push_back({x.knob, knob_role::other, 0, 100, 0, "", 0});
  }
  auto hosts = http_host(effectors, [&](const http_request& request) {
    if (request.method != "GET") {
      documents[request.url] = request.body;
      ++writes;
    }
    return http_answer{200, "", documents[request.url], ""};
  });
  auto closed = std::make_shared<std::atomic<bool>>(false);
  knob_ports ports{hosts, knobs, closed, {}};
  ports.refresh();
  CHECK_FALSE(ports.write({{"a", 10}, {"b", 20}, {"c", 30}}));
  CHECK(writes == 2);
  CHECK(documents["http://h/1"] == R"({"a":10,"b":20})");
  CHECK(ports.in_force() == settings{{"a", 10}, {"b", 20}, {"c", 30}});
  CHECK_FALSE(ports.restore());
  CHECK(writes == 4);
  CHECK(documents["http://h/1"] == R"({"a":1,"b":2})");
  CHECK_FALSE(ports.write({{"b", 20}}));
  CHECK(documents["http://h/1"] == R"({"a":1,"b":20})");
}

TEST_CASE("E3 a host that limits what it reloads is believed what it shows") {
  auto shown = 3;
  auto loading = 3;
  auto looks = 0;
  foreign_effector_config x;
  x.knob = "n";
  x.timeout_seconds = 30;
  x.http.read_url = "http://h/";
  x.http.pointer = "/n";
  x.http.reload = true;
  auto port = http_host(
                {x},
                [&](const http_request& request) {
                  if (request.method != "GET") {
                    loading = 5;
                    looks = 0;
                  } else if (++looks > 1) {
                    shown = loading;
                  }
                  return http_answer{
                    200, "", "{\"n\":" + std::to_string(shown) + '}', ""};
                })
                .knobs()
                .at("n");
  port.set(9);
  CHECK(port.get() == 5);
}
