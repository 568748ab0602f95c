#include "actors/monitor/histogram.hpp"
#include "actors/targets/foreign/scrape_sampler.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

/// A host that is scraped each second.
class scraped_host {
public:
  explicit scraped_host(const foreign_signals& x) : sampler_(x, 2) {}

  sample scrape(const std::string& text, duration period = 1s) {
    problems.clear();
    return sampler_.take(text, at_ += period, problems);
  }

  sample miss(duration period = 1s) { return sampler_.miss(at_ += period); }

  source_problems problems; ///< Of the last scrape.

private:
  scrape_sampler sampler_;
  duration at_{};
};

bool no_data(const sample& x) {
  return x.completed == 0 && x.latencies.empty() && !x.offered
    && !x.queue_length && !x.memory_mib && !x.memory_used_ratio && !x.cpu_cores
    && x.failed == 0 && x.batches == 0 && x.cache_hits + x.cache_misses == 0;
}

uint64_t total(const sample& x) {
  histogram all;
  all.merge(x.latencies);
  return all.total();
}

double quantile_ms(const sample& x, double q) {
  histogram all;
  all.merge(x.latencies);
  return milliseconds(all.quantile(q));
}

std::string done(double count) {
  return "done " + format_number(count) + '\n';
}

foreign_signals only_done() {
  foreign_signals x;
  x.completed = "done";
  return x;
}

} // namespace

TEST_CASE("E3 counters count from the first scrape on") {
  scraped_host host{only_done()};
  CHECK(no_data(host.scrape(done(1000))));
  CHECK(host.scrape(done(1040)).completed == 40);
  CHECK(host.scrape(done(1040)).completed == 0);
  CHECK(host.problems.empty());
}

TEST_CASE("E3 a counter that fell counts from zero") {
  scraped_host host{only_done()};
  host.scrape(done(1000));
  CHECK(host.scrape(done(7)).completed == 7);
  CHECK(host.scrape(done(9)).completed == 2);
}

TEST_CASE("E3 counters add up over label sets, each with its own resets") {
  foreign_signals x;
  x.completed = R"(done{code=~"2.*"})";
  x.offered = R"(done{code=~"2.*"} + done{code="500"})";
  scraped_host host{x};
  auto text = [](int a, int b, int c) {
    return "done{code=\"200\"} " + std::to_string(a) + "\ndone{code=\"201\"} "
      + std::to_string(b) + "\ndone{code=\"500\"} " + std::to_string(c) + '\n';
  };
  host.scrape(text(10, 1000, 5));
  auto seen = host.scrape(text(30, 4, 8));
  CHECK(seen.completed == 24);
  CHECK(*seen.offered == 27);
}

TEST_CASE("E3 differences of counters are never negative") {
  foreign_signals x = only_done();
  x.cache_hits = "hits";
  x.cache_misses = "queries - hits";
  scraped_host host{x};
  host.scrape(done(0) + "queries 100\nhits 50\n");
  auto seen = host.scrape(done(1) + "queries 110\nhits 57\n");
  CHECK(seen.cache_hits == 7);
  CHECK(seen.cache_misses == 3);
  CHECK(host.scrape(done(2) + "queries 111\nhits 59\n").cache_misses == 0);
}

TEST_CASE("E3 no answer is no data, and rates are right after it") {
  foreign_signals x = only_done();
  x.cpu = "cpu_seconds";
  x.busy = "busy_ms";
  x.busy_unit = "ms";
  scraped_host host{x};
  auto text = [](int n) {
    return done(100 * n) + "cpu_seconds " + format_number(0.5 * n)
      + "\nbusy_ms " + format_number(300 * n) + '\n';
  };
  host.scrape(text(0));
  CHECK(host.scrape(text(1)).completed == 100);
  CHECK(no_data(host.miss()));
  CHECK(no_data(host.miss()));
  auto seen = host.scrape(text(4)); // Three seconds' worth: one is its own.
  CHECK(seen.completed == 100);
  CHECK(*seen.cpu_cores == doctest::Approx(0.5));
  CHECK(seconds(seen.busy) == doctest::Approx(0.3));
  CHECK(host.scrape(text(5)).completed == 100);
  CHECK(host.scrape(text(8), 3s).completed == 300);
}

TEST_CASE("E3 after a long gap counters begin anew") {
  scraped_host host{only_done()};
  host.scrape(done(100));
  for (int i = 0; i < 9; ++i)
    host.miss();
  CHECK(no_data(host.scrape(done(1100))));
  CHECK(host.scrape(done(1150)).completed == 50);
}

TEST_CASE("E3 a series that is gone is no data and told, and may come back") {
  scraped_host host{only_done()};
  host.scrape(done(100));
  CHECK(no_data(host.scrape("other 1\n")));
  CHECK(host.problems.at("signals.completed") == "no series matches done");
  CHECK(no_data(host.scrape(done(120)))); // It may be another one now.
  CHECK(host.problems.empty());
  CHECK(host.scrape(done(150)).completed == 30);
}

TEST_CASE("E3 a counter whose timestamp stands still is no data") {
  auto x = only_done();
  x.queue_length = "waiting";
  scraped_host host{x};
  host.scrape("done 100 5000\nwaiting 1\n");
  CHECK(host.scrape("done 110 6000\nwaiting 1\n").completed == 10);
  CHECK(no_data(host.scrape("done 110 6000\nwaiting 1\n")));
  // It stands still, but somebody looked.
  CHECK_FALSE(no_data(host.scrape("done 110 7000\nwaiting 1\n")));
}

TEST_CASE("E3 a counter that is no number, or shown twice, is no data") {
  scraped_host host{only_done()};
  host.scrape(done(100));
  CHECK(no_data(host.scrape("done NaN\n")));
  CHECK(no_data(host.scrape("done +Inf\n")));
  CHECK(no_data(host.scrape("done -5\n")));
  host.scrape(done(100));
  CHECK(host.scrape(done(110) + done(150)).completed == 10);
}

TEST_CASE("E3 fractions of a request are not lost") {
  scraped_host host{only_done()};
  host.scrape(done(0));
  uint64_t sum = 0;
  for (int i = 1; i <= 1000; ++i)
    sum += host.scrape(done(0.3 * i)).completed;
  CHECK(sum == 300);
}

TEST_CASE("E3 gauges are taken as they are, in our units") {
  foreign_signals x = only_done();
  x.queue_length = "waiting";
  x.memory.used = "used";
  x.memory.limit = "limit";
  scraped_host host{x};
  host.scrape(done(1));
  auto seen = host.scrape(
    done(2) + "waiting{q=\"a\"} 3\nwaiting{q=\"b\"} 4\n"
    + "used 1048576000\nlimit 2097152000\n");
  CHECK(*seen.queue_length == 7);
  CHECK(*seen.memory_mib == 1000);
  CHECK(*seen.memory_used_ratio == 0.5);
  CHECK(seen.workers == 2);
  seen = host.scrape(done(3) + "waiting NaN\nused 1\n");
  CHECK(seen.completed == 1);
  CHECK_FALSE(seen.queue_length);
  CHECK_FALSE(seen.memory_used_ratio);
  CHECK(host.problems.contains("signals.queue_length"));
  CHECK(host.problems.contains("signals.memory.limit"));
}

TEST_CASE("E3 of hits and misses, and batches and sizes, one alone is none") {
  foreign_signals x = only_done();
  x.cache_hits = "hits";
  x.cache_misses = "misses";
  x.batches = "batches";
  x.batched_requests = "sizes";
  scraped_host host{x};
  host.scrape(done(1) + "hits 1\nmisses 1\nbatches 1\nsizes 8\n");
  auto seen = host.scrape(done(9) + "hits 9\nmisses 2\nbatches 2\nsizes 16\n");
  CHECK(seen.cache_hits == 8);
  CHECK(seen.cache_misses == 1);
  CHECK(seen.batches == 1);
  CHECK(seen.batched_requests == 8);
  seen = host.scrape(done(10) + "hits 10\nbatches 3\n");
  CHECK(seen.cache_hits == 0);
  CHECK(seen.batches == 0);
}

TEST_CASE("E3 a histogram gives the quantiles that Prometheus would") {
  foreign_signals x;
  x.latency.histogram = R"(took_ms{m="x"})";
  x.latency.unit = "ms";
  scraped_host host{x};
  auto text = [](int n) {
    // Per step: 50 up to 10, 40 up to 20, 9 up to 50, 1 above.
    auto line = [&](const char* le, int count) {
      return std::string{"took_ms_bucket{m=\"x\",le=\""} + le + "\"} "
        + std::to_string(count * n) + '\n';
    };
    return line("20.0", 90) + line("10", 50) + line("5e1", 99)
      + line("+Inf", 100) + "took_ms_sum{m=\"x\"} " + std::to_string(1500 * n)
      + "\ntook_ms_count{m=\"x\"} " + std::to_string(100 * n)
      + "\ntook_ms_bucket{m=\"y\",le=\"+Inf\"} " + std::to_string(777 * n)
      + '\n';
  };
  host.scrape(text(1));
  auto seen = host.scrape(text(11));
  CHECK(seen.completed == 1000);
  CHECK(total(seen) == 1000);
  CHECK(quantile_ms(seen, 0.5) == doctest::Approx(10).epsilon(0.02));
  CHECK(quantile_ms(seen, 0.25) == doctest::Approx(5).epsilon(0.02));
  CHECK(quantile_ms(seen, 0.7) == doctest::Approx(15).epsilon(0.02));
  // (95 - 90) of the 9 between 20 and 50.
  CHECK(
    quantile_ms(seen, 0.95) == doctest::Approx(20 + 30 * 5 / 9.).epsilon(0.02));
  CHECK(quantile_ms(seen, 1) == doctest::Approx(50).epsilon(0.02));
  CHECK(milliseconds(seen.latency_sum) == doctest::Approx(15'000));
}

TEST_CASE("E3 histograms of several label sets and bounds are merged") {
  foreign_signals x;
  x.latency.histogram = "t";
  scraped_host host{x};
  host.scrape(
    "t_bucket{a=\"1\",le=\"1\"} 0\nt_bucket{a=\"1\",le=\"+Inf\"} 0\n"
    "t_bucket{a=\"2\",le=\"4\"} 0\nt_bucket{a=\"2\",le=\"+Inf\"} 0\n");
  auto seen = host.scrape(
    "t_bucket{a=\"1\",le=\"1\"} 60\nt_bucket{a=\"1\",le=\"+Inf\"} 60\n"
    "t_bucket{a=\"2\",le=\"4\"} 40\nt_bucket{a=\"2\",le=\"+Inf\"} 40\n");
  CHECK(seen.completed == 100);
  // 60 evenly up to 1 s, 40 evenly up to 4 s.
  CHECK(quantile_ms(seen, 0.7) == doctest::Approx(1000).epsilon(0.02));
  CHECK(quantile_ms(seen, 1) == doctest::Approx(4000).epsilon(0.02));
}

TEST_CASE("E3 a restart is seen in all buckets of a histogram at once") {
  foreign_signals x;
  x.latency.histogram = "t";
  scraped_host host{x};
  auto text = [](int one, int all) {
    return "t_bucket{le=\"1\"} " + std::to_string(one) + "\nt_bucket{le=\"2\"} "
      + std::to_string(all) + "\nt_bucket{le=\"+Inf\"} " + std::to_string(all)
      + "\nt_count " + std::to_string(all) + '\n';
  };
  host.scrape(text(2, 100));
  auto seen = host.scrape(text(4, 8)); // The first bucket did not fall.
  CHECK(seen.completed == 8);
  CHECK(quantile_ms(seen, 4 / 8.) < 1000);
  CHECK(quantile_ms(seen, 5 / 8.) > 1000);
}

TEST_CASE("E3 a summary gives a distribution with its quantiles") {
  foreign_signals x;
  x.latency.summary = "rpc";
  scraped_host host{x};
  auto text = [](int count) {
    return "rpc{quantile=\"0.5\"} 0.010\nrpc{quantile=\"0.95\"} 0.040\n"
           "rpc{quantile=\"0.99\"} 0.1\nrpc_sum "
      + format_number(count * 0.015) + "\nrpc_count " + std::to_string(count)
      + '\n';
  };
  host.scrape(text(0));
  auto seen = host.scrape(text(1000));
  CHECK(seen.completed == 1000);
  CHECK(quantile_ms(seen, 0.50) == doctest::Approx(10).epsilon(0.02));
  CHECK(quantile_ms(seen, 0.95) == doctest::Approx(40).epsilon(0.02));
  CHECK(quantile_ms(seen, 0.99) == doctest::Approx(100).epsilon(0.02));
  CHECK(seconds(seen.latency_sum) == doctest::Approx(15));
  // Nobody knows the latency of an idle summary.
  CHECK(no_data(
    host.scrape("rpc{quantile=\"0.5\"} NaN\nrpc_sum NaN\nrpc_count 1005\n")));
  host.scrape(text(2000) + "rpc{quantile=\"0.5\",x=\"y\"} 1\n");
  CHECK(host.problems.at("signals.latency.summary").find("several") == 0);
}

TEST_CASE("E3 few requests a sample keep their tail over many samples") {
  foreign_signals x = only_done();
  x.latency.p50 = "p50";
  x.latency.p95 = "p95";
  x.latency.p99 = "p99";
  x.latency.unit = "us";
  scraped_host host{x};
  histogram all;
  uint64_t completed = 0;
  for (int i = 0; i <= 1000; ++i) {
    auto seen = host.scrape(done(3 * i) + "p50 1000\np95 4000\np99 9000\n");
    CHECK(total(seen) == seen.completed);
    completed += seen.completed;
    all.merge(seen.latencies);
  }
  CHECK(completed == 3000);
  CHECK(milliseconds(all.quantile(0.50)) == doctest::Approx(1).epsilon(0.03));
  CHECK(milliseconds(all.quantile(0.95)) == doctest::Approx(4).epsilon(0.03));
  CHECK(milliseconds(all.quantile(0.99)) == doctest::Approx(9).epsilon(0.03));
}

TEST_CASE("E3 a sum and a count give the mean and nothing more") {
  foreign_signals x;
  x.completed = x.latency.count = "nv_inference_request_success";
  x.latency.sum = "nv_inference_request_duration_us";
  x.latency.unit = "us";
  scraped_host host{x};
  host.scrape("nv_inference_request_success 10\n"
              "nv_inference_request_duration_us 5000\n");
  auto seen = host.scrape("nv_inference_request_success 30\n"
                          "nv_inference_request_duration_us 65000\n");
  CHECK(seen.completed == 20);
  CHECK(seconds(seen.latency_sum) == doctest::Approx(0.06));
  CHECK(quantile_ms(seen, 0.95) == doctest::Approx(3).epsilon(0.01));
}

TEST_CASE("E3 requests whose latency is configured and unknown are no data") {
  foreign_signals x = only_done();
  x.latency.histogram = "t";
  scraped_host host{x};
  host.scrape(done(0) + "t_bucket{le=\"1\"} 0\n");
  CHECK(host.scrape(done(5) + "t_bucket{le=\"1\"} 5\n").completed == 5);
  CHECK(no_data(host.scrape(done(10))));
  CHECK(host.problems.contains("signals.latency.histogram"));
}

TEST_CASE("E3 what is no exposition is told and no data") {
  scraped_host host{only_done()};
  host.scrape(done(1));
  CHECK(no_data(host.scrape("<html><body>\x01 Log in</body></html>\n")));
  CHECK(host.problems.at("answer").find("no series") == 0);
  CHECK(
    host.problems.at("garbage")
    == "1 lines are no exposition and were skipped; the first is line 1: "
       "<html><body>? Log in</body></html>");
  CHECK(no_data(host.scrape("")));
  CHECK(host.problems.size() == 1);
}

TEST_CASE("E3 hostile numbers make no sample that breaks its readers") {
  foreign_signals x = only_done();
  x.latency.histogram = "t";
  x.busy = "busy";
  x.offered = "offered";
  x.memory.used = "used";
  scraped_host host{x};
  auto text = [](const std::string& v) {
    return "done " + v + "\nbusy " + v + "\noffered " + v + "\nused " + v
      + "\nt_bucket{le=\"" + v + "\"} " + v + "\nt_bucket{le=\"+Inf\"} " + v
      + "\nt_sum " + v + "\nt_count " + v + '\n';
  };
  for (auto* v :
       {"0", "1e308", "NaN", "-1e308", "1e-308", "+Inf", "1e18", "-0"})
    for (auto* w : {"0", "1e300", "NaN", "-Inf", "1e19", "1"}) {
      host.scrape(text(v));
      auto seen = host.scrape(text(w));
      CHECK(total(seen) <= 1'000'000'000'000'000);
      CHECK(seen.latency_sum.count() >= 0);
      CHECK(seen.busy.count() >= 0);
    }
}
