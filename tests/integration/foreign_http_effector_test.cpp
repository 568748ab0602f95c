#include "app/foreign/http_effector.hpp"
#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace tuner;

TEST_CASE("E3 Triton keeps all else of its config, and a failed load is told") {
  test::process triton{
    {"/usr/bin/env", "python3", "-B",
     AUTO_TUNER_SOURCE_DIR "/tests/integration/triton_stand_in.py"}};
  auto url = "http://127.0.0.1:" + triton.wait_for_line("ready ").substr(6);
  url.erase(url.find_last_not_of("\r\n") + 1);
  foreign_effector_config x;
  x.knob = "batch_timeout";
  x.scale = 1000;
  x.timeout_seconds = 120;
  x.http.read_url = url + "/v2/models/m/config";
  x.http.pointer = "/dynamic_batching/max_queue_delay_microseconds";
  x.http.write_url = url + "/v2/repository/models/m/load";
  x.http.write_method = "POST";
  x.http.wrap_at = "/parameters/config";
  x.http.reload = true;
  auto port = http_host({x}, curl_exchange()).knobs().at("batch_timeout");
  http_request read;
  read.url = x.http.read_url;
  read.timeout = std::chrono::seconds{120};
  auto before = curl_exchange()(read).body;
  CHECK(port.get() == 0.1);
  for (auto i = 1; i <= 100; ++i) {
    port.set(i);
    CHECK(port.get() == i);
  }
  CHECK_THROWS_AS(port.set(-1), std::runtime_error);
  CHECK(port.get() == 100);
  port.set(0.1);
  CHECK(curl_exchange()(read).body == before);
}

TEST_CASE("E3 Ray Serve keeps its applications, and odd answers are told") {
  test::process ray{
    {"/usr/bin/env", "python3", "-B",
     AUTO_TUNER_SOURCE_DIR "/tests/integration/ray_stand_in.py"}};
  auto url = "http://127.0.0.1:" + ray.wait_for_line("ready ").substr(6);
  url.erase(url.find_last_not_of("\r\n") + 1);
  foreign_effector_config x;
  x.knob = "n";
  x.scale = 0.001;
  x.timeout_seconds = 120;
  x.http.read_url = url + "/api/serve/applications/";
  x.http.pointer = "/applications/a/deployed_app_config/deployments/0/"
                   "user_config/batch_wait_timeout_s";
  x.http.check_pointer = "/applications/a/deployments/D/deployment_config/"
                         "user_config/batch_wait_timeout_s";
  x.http.layout = "ray_serve";
  auto port = http_host({x}, curl_exchange()).knobs().at("n");
  http_request read;
  read.url = x.http.read_url;
  read.timeout = std::chrono::seconds{120};
  auto before = curl_exchange()(read).body;
  for (auto i = 1; i <= 100; ++i) {
    port.set(i);
    CHECK(port.get() == doctest::Approx(i));
  }
  CHECK(curl_exchange()(read).body != before);
  port.set(10);
  CHECK(curl_exchange()(read).body == before);
  x.http.layout = "as_read";
  CHECK_THROWS_WITH_AS(
    http_host({x}, curl_exchange()).knobs().at("n").set(1),
    doctest::Contains("status 400: extra fields not permitted"),
    std::runtime_error);
  for (const char* odd : {"/html", "/cut", "/large"}) {
    x.http.read_url = url + odd;
    CHECK_THROWS_WITH_AS(
      http_host({x}, curl_exchange()).knobs().at("n").set(1),
      doctest::Contains(odd), std::runtime_error);
  }
}

TEST_CASE("E3 a reload that takes too long is told with what is shown") {
  foreign_effector_config x;
  x.knob = "n";
  x.timeout_seconds = 0.2;
  x.http.read_url = "http://h/config?token=hidden";
  x.http.pointer = "/n";
  x.http.reload = true;
  auto port = http_host(
                {x},
                [](const http_request&) {
                  http_answer answer;
                  answer.status = 200;
                  answer.body = R"({"n":3})";
                  return answer;
                })
                .knobs()
                .at("n");
  port.set(3);
  CHECK_THROWS_WITH_AS(
    port.set(4),
    "GET http://h/config: not 4 within 0.2 s: it still shows 3; raise "
    "timeout_seconds if a reload takes longer",
    std::runtime_error);
}

TEST_CASE("E3 a PUT that nobody answered is tried again, a POST never") {
  foreign_effector_config x;
  x.knob = "n";
  x.timeout_seconds = 120;
  x.http.read_url = "http://h/";
  x.http.pointer = "/n";
  for (const char* method : {"PUT", "POST"}) {
    x.http.write_method = method;
    auto writes = 0;
    auto port = http_host(
                  {x},
                  [&](const http_request& request) {
                    http_answer answer;
                    if (request.method == "GET") {
                      answer.status = 200;
                      answer.body = R"({"n":3})";
                    } else {
                      ++writes;
                      answer.problem = "connection reset";
                    }
                    return answer;
                  })
                  .knobs()
                  .at("n");
    CHECK_THROWS_AS(port.set(4), std::runtime_error);
    CHECK(writes == (method == std::string{"PUT"} ? 2 : 1));
  }
}
