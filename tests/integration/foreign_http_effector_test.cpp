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
  x.timeout_seconds = 30;
  x.http.read_url = url + "/v2/models/m/config";
  x.http.pointer = "/dynamic_batching/max_queue_delay_microseconds";
  x.http.write_url = url + "/v2/repository/models/m/load";
  x.http.write_method = "POST";
  x.http.wrap_at = "/parameters/config";
  x.http.reload = true;
  auto port = http_ports({x}, curl_exchange()).at("batch_timeout");
  http_request read;
  read.url = x.http.read_url;
  read.timeout = std::chrono::seconds{30};
  auto before = curl_exchange()(read).body;
  CHECK(port.get() == 0.1);
  for (auto i = 1; i <= 10; ++i) {
    port.set(i);
    CHECK(port.get() == i);
  }
  CHECK_THROWS_AS(port.set(-1), std::runtime_error);
  CHECK(port.get() == 10);
  port.set(0.1);
  CHECK(curl_exchange()(read).body == before);
}
