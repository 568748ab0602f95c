#include "actors/targets/foreign/scrape_sampler.hpp"
#include "bench/bench.hpp"

#include <chrono>

namespace tuner {

namespace {

constexpr std::size_t rounds = 21;
constexpr std::size_t text_bytes = 10'000'000;

/// An exposition like those of busy services: counters, gauges and histograms
/// of many label sets, with help and types.
std::string large_exposition() {
  std::string text;
  for (int i = 0; text.size() < text_bytes; ++i) {
    auto n = std::to_string(i);
    auto labels = R"(handler="/api/v1/item/)" + n + R"(",method="GET",pod="p)"
      + n + "-abcdef\"";
    text += "# HELP http_requests_" + n + " Requests that were answered.\n"
      + "# TYPE http_requests_" + n + " counter\n";
    for (auto code : {"200", "404", "500"})
      text += "http_requests_" + n + "{code=\"" + code + "\"," + labels + "} "
        + std::to_string(i * 7919) + '\n';
    for (auto le : {"0.005", "0.01", "0.05", "0.1", "0.5", "1", "+Inf"})
      text += "http_request_duration_seconds_bucket{" + labels + ",le=\"" + le
        + "\"} " + std::to_string(i * 104'729) + '\n';
    text += "http_request_duration_seconds_sum{" + labels + "} "
      + std::to_string(i * 0.123456789) + '\n';
    text += "process_resident_memory_bytes{" + labels + "} 1.23456789e+08\n";
  }
  return text;
}

/// @returns the median of megabytes that `read` gets through in a second.
template <class Read>
double megabytes_per_second(const std::string& text, const Read& read) {
  std::vector<double> seen;
  for (std::size_t i = 0; i < rounds; ++i) {
    auto begin = std::chrono::steady_clock::now();
    read();
    std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - begin;
    seen.push_back(static_cast<double>(text.size()) / 1e6 / took.count());
  }
  return median(seen);
}

} // namespace

bench_result bench_exposition() {
  const auto text = large_exposition();
  double sum = 0; // Lest nothing be read at all.
  auto reading = megabytes_per_second(text, [&] {
    exposition_reader in{text};
    for (series_view x; in.next(x);)
      sum += x.value;
  });
  foreign_signals signals;
  signals.completed = R"(http_requests_17{code=~"2.*"})";
  signals.latency.histogram =
    R"(http_request_duration_seconds{handler="/api/v1/item/17"})";
  signals.memory.used =
    R"(process_resident_memory_bytes{handler="/api/v1/item/17"})";
  scrape_sampler sampler{signals, 1};
  duration at{};
  auto sampling = megabytes_per_second(text, [&] {
    source_problems problems;
    sum +=
      *sampler.take(text, at += std::chrono::seconds{1}, problems).memory_mib;
  });
  return {
    {"reader_mb_per_s", sum > 0 ? reading : 0, "MB/s, median"},
    {"sampler_mb_per_s", sum > 0 ? sampling : 0, "MB/s, median"}};
}

} // namespace tuner
