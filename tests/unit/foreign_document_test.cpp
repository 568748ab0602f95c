#include "actors/targets/foreign/document.hpp"
#include "app/foreign/http_effector.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

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
  auto port = http_ports({x}, [&](const http_request& request) {
                http_answer answer;
                answer.status = request.method == "GET" ? 200 : status;
                answer.body = request.method == "GET" ? shown : "no such field";
                if (request.method == "PUT")
                  sent = request.body;
                return answer;
              }).at("n");
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
