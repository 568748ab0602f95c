#include "config/schema.hpp"

namespace tuner {

namespace {

const words times{"s", "ms", "us", "ns"};
const words sizes{"bytes", "kib", "mib", "gib"};

} // namespace

void describe(schema_visitor& v, foreign_sensor_config& x) {
  v.word(
    "kind", x.kind, {"none", "prometheus_text", "promql", "redis", "mariadb"},
    "What a foreign host is watched by: its own metrics, queries to a "
    "Prometheus server, or the connection of the target's effector of that "
    "kind, which needs no more keys");
  v.text(
    "url", x.url, line_text,
    "`prometheus_text`: of the metrics, as in "
    "http://127.0.0.1:8002/metrics; `promql`: of the server, as in "
    "http://127.0.0.1:9090");
  v.text(
    "token_file", x.token_file, line_text,
    "A file of ours, mode 0600, with a bearer token to send; read anew each "
    "time");
  v.text(
    "ca_file", x.ca_file, line_text,
    "Certificates that https trusts; empty: the system's");
  v.number(
    "timeout_seconds", x.timeout_seconds, within(0.01, 60, "seconds"),
    "For one sample, however many queries it takes; below the sample period");
  v.number(
    "max_answer_mb", x.max_answer_mb, within(0.001, 1024, "MiB"),
    "Larger answers, unpacked, are none");
  v.number(
    "workers", x.workers, whole(0, 100'000, "batches"),
    "Batches it can serve at once; 0: unknown");
  v.section("signals", x.signals);
}

void describe(schema_visitor& v, foreign_signals& x) {
  v.text(
    "completed", x.completed, line_text,
    "Counter of requests answered; empty: the count of the latencies. All "
    "expressions: `prometheus_text`: selectors and their sums, as in "
    "hits{db=\"a\"} + misses{db=~\"a.*\"}; `promql`: PromQL that gives one "
    "series, and for counters their rate per second, as in "
    "sum(rate(hits[5s]))");
  v.text("failed", x.failed, line_text, "Counter of those that failed");
  v.text("offered", x.offered, line_text, "Counter of those that arrived");
  v.section("latency", x.latency);
  v.text("batches", x.batches, line_text, "Counter of batches served");
  v.text(
    "batched_requests", x.batched_requests, line_text,
    "Counter of the requests in them");
  v.text(
    "busy", x.busy, line_text, "Counter of the time spent serving batches");
  v.word("busy_unit", x.busy_unit, times, "Its unit");
  v.text("cache_hits", x.cache_hits, line_text, "Counter");
  v.text("cache_misses", x.cache_misses, line_text, "Counter");
  v.text("cpu", x.cpu, line_text, "Counter of processor time");
  v.word("cpu_unit", x.cpu_unit, times, "Its unit");
  v.text("queue_length", x.queue_length, line_text, "Gauge: requests waiting");
  v.section("memory", x.memory);
  v.text(
    "started", x.started, line_text,
    "Gauge: when the host was started, in seconds since 1970; one that was "
    "started anew is told its settings again. Empty, and `uptime` too: "
    "`prometheus_text` looks for process_start_time_seconds");
  v.text(
    "uptime", x.uptime, line_text,
    "Gauge instead: for how many seconds it has run");
}

void describe(schema_visitor& v, latency_signals& x) {
  v.text(
    "histogram", x.histogram, line_text,
    "`prometheus_text`: of the series x_bucket, x_sum and x_count, x and its "
    "labels");
  v.text(
    "summary", x.summary, line_text,
    "`prometheus_text`: of the series x, x_sum and x_count, x and its labels "
    "without `quantile`");
  v.text("p50", x.p50, line_text, "Gauge: the median");
  v.text("p95", x.p95, line_text, "Gauge: the 95th percentile");
  v.text("p99", x.p99, line_text, "Gauge: the 99th percentile");
  v.text(
    "sum", x.sum, line_text,
    "Counter of all latencies together; with `count` alone, only the mean is "
    "known");
  v.text("count", x.count, line_text, "Counter of the latencies in `sum`");
  v.word("unit", x.unit, times, "Of the latencies");
}

void describe(schema_visitor& v, memory_signals& x) {
  v.text("used", x.used, line_text, "Gauge: memory in use");
  v.text("limit", x.limit, line_text, "Gauge: memory that may be used");
  v.text("ratio", x.ratio, line_text, "Gauge instead: used ÷ limit, in [0, 1]");
  v.word("unit", x.unit, sizes, "Of `used` and `limit`");
}

} // namespace tuner
