#pragma once

#include "app/foreign/sensor.hpp"
#include "tests/integration/foreign_servers.hpp"

#include <chrono>
#include <thread>

namespace tuner::test {

/// Looks until `true_now()`.
template <class Condition>
bool comes_true(const Condition& true_now) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (std::chrono::steady_clock::now() < deadline) {
    if (true_now())
      return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return false;
}

/// @returns whether somebody answers there.
inline bool answers(const std::string& url) {
  http_request x;
  x.url = url;
  return curl_exchange()(x).ok();
}

/// A real Prometheus server that scrapes itself, or another address, five times
/// a second.
class prometheus_server {
public:
  /// @param job of what it scrapes.
  explicit prometheus_server(
    const std::string& job = "self", const std::string& address = {}) {
    folder_.write(
      "config.yml",
      "scrape_configs:\n- job_name: " + job
        + "\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n"
          "  static_configs:\n  - targets: ['"
        + (address.empty() ? address_ : address) + "']\n");
    start();
  }

  /// Returns once queries are answered.
  void start() {
    process_ = std::make_unique<process>(std::vector<std::string>{
      "/usr/bin/env", "prometheus", "--config.file=" + (folder_ / "config.yml"),
      "--storage.tsdb.path=" + (folder_ / "data"),
      "--web.listen-address=" + address_, "--log.level=error"});
    REQUIRE(comes_true([&] { return answers(url() + "/-/ready"); }));
  }

  void kill() { process_.reset(); }

  std::string url() const { return "http://" + address_; }

private:
  scratch_folder folder_;
  std::string address_ = "127.0.0.1:" + std::to_string(free_port());
  std::unique_ptr<process> process_;
};

/// A sensor and what it says.
struct watched {
  explicit watched(const foreign_sensor_config& x)
    : sensor(make_foreign_sensor(
      x, {curl_exchange(), [this](log_level, const std::string& line) {
            log += line + '\n';
          }})) {}
  watched(const watched&) = delete;
  watched& operator=(const watched&) = delete;

  sample take() const { return sensor.take(); }

  bool said(const std::string& x) const {
    return log.find(x) != std::string::npos;
  }

  std::string log;
  polled_sensor sensor;
};

} // namespace tuner::test
