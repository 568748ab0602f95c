#include "actors/monitor/histogram.hpp"
#include "app/foreign/sensor.hpp"
#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

/// @returns a port that nobody listens on.
int free_port() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto socket = ::socket(AF_INET, SOCK_STREAM, 0);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(socket, plain, size) == 0);
  REQUIRE(::getsockname(socket, plain, &size) == 0);
  ::close(socket);
  return ::ntohs(address.sin_port);
}

/// Looks until `true_now()`.
template <class Condition>
bool comes_true(const Condition& true_now) {
  auto deadline = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < deadline) {
    if (true_now())
      return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

/// A real Prometheus server that scrapes itself five times a second.
class prometheus_server {
public:
  prometheus_server() {
    auto name =
      (std::filesystem::temp_directory_path() / "prometheus_XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    std::ofstream{folder_ / "config.yml"}
      << "scrape_configs:\n"
         "- job_name: self\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n"
         "  static_configs:\n  - targets: ['"
        + address_ + "']\n";
    start();
  }
  ~prometheus_server() {
    process_.reset();
    std::filesystem::remove_all(folder_);
  }
  prometheus_server(const prometheus_server&) = delete;
  prometheus_server& operator=(const prometheus_server&) = delete;

  /// Returns once queries are answered.
  void start() {
    process_ = std::make_unique<test::process>(std::vector<std::string>{
      "/usr/bin/env", "prometheus",
      "--config.file=" + (folder_ / "config.yml").string(),
      "--storage.tsdb.path=" + (folder_ / "data").string(),
      "--web.listen-address=" + address_, "--log.level=error"});
    http_request ready;
    ready.url = url() + "/-/ready";
    REQUIRE(comes_true([&] { return curl_exchange()(ready).ok(); }));
  }

  void kill() { process_.reset(); }

  std::string url() const { return "http://" + address_; }

private:
  std::filesystem::path folder_;
  std::string address_ = "127.0.0.1:" + std::to_string(free_port());
  std::unique_ptr<test::process> process_;
};

/// A sensor and what it says.
struct watched {
  explicit watched(foreign_sensor_config x)
    : take(make_foreign_sensor(
      x, {curl_exchange(), [this](log_level, const std::string& line) {
            log += line + '\n';
          }})) {}
  watched(const watched&) = delete;
  watched& operator=(const watched&) = delete;

  bool said(const std::string& x) const {
    return log.find(x) != std::string::npos;
  }

  std::string log;
  std::function<sample()> take;
};

foreign_sensor_config scraping(const prometheus_server& from) {
  foreign_sensor_config x;
  x.kind = "prometheus_text";
  x.url = from.url() + "/metrics";
  x.signals.completed = "prometheus_tsdb_head_samples_appended_total";
  x.signals.latency.histogram =
    R"(prometheus_http_request_duration_seconds{handler="/metrics"})";
  x.signals.memory.used = R"(process_resident_memory_bytes)";
  return x;
}

foreign_sensor_config querying(const prometheus_server& from) {
  foreign_sensor_config x;
  x.kind = "promql";
  x.url = from.url();
  x.signals.completed =
    "sum(rate(prometheus_tsdb_head_samples_appended_total[2s]))";
  x.signals.latency.p95 =
    "histogram_quantile(0.95, sum by (le) "
    "(rate(prometheus_http_request_duration_seconds_bucket"
    "{handler=\"/metrics\"}[2s])))";
  x.signals.memory.used = "process_resident_memory_bytes{job=\"self\"}";
  return x;
}

double p95(const sample& x) {
  histogram all;
  all.merge(x.latencies);
  return seconds(all.quantile(0.95));
}

double counted(const sample& x) {
  return static_cast<double>(x.completed);
}

/// Compares both sensors over a dozen scrapes of the server.
void compare(watched& scraped, watched& queried, watched& progress) {
  uint64_t grown = 0;
  progress.take();
  scraped.take();
  queried.take();
  // One scrape of itself has some 700 samples.
  REQUIRE(comes_true(
    [&] { return (grown += progress.take().completed) > 12 * 700; }));
  auto a = scraped.take();
  auto b = queried.take();
  CHECK(counted(a) > 1000);
  CHECK(counted(b) == doctest::Approx(counted(a)).epsilon(0.3));
  CHECK(p95(b) == doctest::Approx(p95(a)).epsilon(0.1));
  REQUIRE(a.memory_mib);
  REQUIRE(b.memory_mib);
  CHECK(*b.memory_mib == doctest::Approx(*a.memory_mib).epsilon(0.3));
}

/// It has no data, and says once why.
void check_blind(watched& x) {
  x.log.clear();
  for (int i = 0; i < 3; ++i) {
    auto seen = x.take();
    CHECK(seen.completed == 0);
    CHECK_FALSE(seen.memory_mib);
  }
  CHECK(std::count(x.log.begin(), x.log.end(), '\n') == 1);
  CHECK(x.said("connect"));
}

} // namespace

// One server for all of it: it waits five seconds before its first scrape.
TEST_CASE(
  "E3 a real Prometheus tells what scraping tells, and no data once killed") {
  prometheus_server server;
  watched scraped{scraping(server)};
  watched queried{querying(server)};
  watched progress{scraping(server)};
  REQUIRE(comes_true([&] { return queried.take().completed > 0; }));
  compare(scraped, queried, progress);
  CHECK(scraped.log == "");
  server.kill();
  check_blind(scraped);
  check_blind(queried);
  server.start();
  uint64_t seen = 0;
  CHECK(comes_true([&] { return (seen = scraped.take().completed) > 0; }));
  CHECK(seen < 100'000); // Not all that it ever counted.
  CHECK(comes_true([&] { return (seen = queried.take().completed) > 0; }));
  CHECK(seen < 100'000);
  CHECK(scraped.said("well again: it answers"));
  CHECK(queried.said("well again: it answers"));
}

TEST_CASE("E3 odd queries to a real Prometheus are told, each for its signal") {
  prometheus_server server;
  foreign_sensor_config x;
  x.kind = "promql";
  x.url = server.url();
  auto& s = x.signals;
  s.completed = "vector(10) * 1e6";
  s.failed = "scalar(vector(2e6))";
  s.offered = R"(label_replace(vector(1), "a", "b", "", "") or vector(1))";
  s.batches = "\"some text\"";
  s.batched_requests = "up[1m]";
  s.busy = "sum(";
  s.queue_length = "nothing_of_that_name";
  s.memory.ratio = "vector(0) / vector(0)";
  watched all{x};
  all.take();
  auto seen = all.take();
  CHECK(seen.completed > 0);
  CHECK(seen.failed > 0);
  CHECK_FALSE(seen.offered);
  CHECK(seen.batches == 0);
  CHECK_FALSE(seen.queue_length);
  CHECK_FALSE(seen.memory_used_ratio);
  CHECK(all.said("signals.offered: it gives 2 series instead of one"));
  CHECK(all.said("signals.batches: it gives a string"));
  CHECK(all.said("signals.batched_requests: it gives a matrix"));
  CHECK(all.said("signals.busy: the server says: "));
  CHECK(all.said("signals.queue_length: it gives no series just now"));
  CHECK_FALSE(all.said("memory"));
  CHECK_FALSE(all.said("failed"));
}
