#include "actors/monitor/histogram.hpp"
#include "tests/integration/real_prometheus.hpp"

#include <algorithm>

using namespace tuner;
using namespace tuner::test;

namespace {

foreign_sensor_config scraping(const prometheus_server& from) {
  foreign_sensor_config x;
  x.kind = "prometheus_text";
  x.timeout_seconds = 60;
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
  x.timeout_seconds = 60;
  x.url = from.url();
  x.signals.completed =
    "sum(rate(prometheus_tsdb_head_samples_appended_total[5s]))";
  x.signals.latency.p95 =
    "histogram_quantile(0.95, sum by (le) "
    "(rate(prometheus_http_request_duration_seconds_bucket"
    "{handler=\"/metrics\"}[5s])))";
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

/// Compares both sensors over half a dozen scrapes of the server.
bool agree(watched& scraped, watched& queried, watched& progress) {
  uint64_t grown = 0;
  progress.take();
  scraped.take();
  queried.take();
  // One scrape of itself has some 700 samples.
  REQUIRE(
    comes_true([&] { return (grown += progress.take().completed) > 6 * 700; }));
  auto a = scraped.take();
  auto b = queried.take();
  CHECK(counted(a) > 1000);
  return a.memory_mib && b.memory_mib && near(counted(b), counted(a), 0.3)
    && near(p95(b), p95(a), 0.1) && near(*b.memory_mib, *a.memory_mib, 0.3);
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
  CHECK(agree_in_some_round([&] { return agree(scraped, queried, progress); }));
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
  x.timeout_seconds = 60;
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
