#pragma once

#include "app/foreign/sensor.hpp"
#include "tests/integration/foreign_servers.hpp"

namespace tuner::test {

/// @returns whether somebody answers there.
inline bool answers(const std::string& url) {
  http_request x;
  x.url = url;
  return curl_exchange()(x).ok();
}

/// A real Prometheus server that scrapes itself, or another address, once a
/// second: on a busy machine a scrape may take that long.
class prometheus_server {
public:
  /// @param job of what it scrapes.
  explicit prometheus_server(
    const std::string& job = "self", const std::string& address = {}) {
    folder_.write(
      "config.yml",
      "scrape_configs:\n- job_name: " + job
        + "\n  scrape_interval: 1s\n  scrape_timeout: 1s\n"
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

/// Compares what two ways of watching tell of one round, until they agree: a
/// machine that is busy otherwise may have one of them wait for too long.
/// @param round returns whether they agree.
/// @returns whether they did.
template <class Round>
bool agree_in_some_round(const Round& round) {
  constexpr int rounds = 12;
  for (int i = 0; i < rounds; ++i)
    if (round())
      return true;
  return false;
}

/// @returns whether `x` is within that ratio of `wanted`.
inline bool near(double x, double wanted, double ratio) {
  CAPTURE(x);
  CAPTURE(wanted);
  auto result = x == doctest::Approx(wanted).epsilon(ratio);
  WARN(result);
  return result;
}

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
