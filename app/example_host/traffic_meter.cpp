#include "app/example_host/traffic_meter.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace tuner::example {

namespace {

constexpr double bins_per_octave = 32;

size_t bin_of(duration latency, size_t bins) {
  auto us = std::max(seconds(latency) * 1e6, 1.0);
  return std::min(
    static_cast<size_t>(std::log2(us) * bins_per_octave), bins - 1);
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

} // namespace

double traffic::quantile_ms(double q) const {
  auto rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(completed);
  double seen = 0;
  for (size_t i = 0; i < latencies.size(); ++i) {
    seen += latencies[i];
    if (seen > 0 && seen >= rank)
      return std::exp2((static_cast<double>(i) + 0.5) / bins_per_octave) * 1e-3;
  }
  return 0;
}

std::string to_string(const traffic& x) {
  auto number = [](uint64_t n) { return static_cast<double>(n); };
  char text[240];
  std::snprintf(
    text, sizeof text,
    "%.0f req/s  p50 %.3g ms  p95 %.3g ms  p99 %.3g ms  hits %.0f %%  mean "
    "batch %.1f  completed %.0f, failed %.0f of %.0f",
    ratio(number(x.completed), seconds(x.period)), x.quantile_ms(0.5),
    x.quantile_ms(0.95), x.quantile_ms(0.99),
    100 * ratio(number(x.hits), number(x.lookups)),
    ratio(number(x.items), number(x.batches)), number(x.completed),
    number(x.failed), number(x.offered));
  return text;
}

void traffic_meter::on_arrival() {
  std::lock_guard lock{mutex_};
  ++current_.offered;
}

void traffic_meter::on_request(duration latency, bool ok) {
  std::lock_guard lock{mutex_};
  if (!ok) {
    ++current_.failed;
    return;
  }
  ++current_.completed;
  ++current_.latencies[bin_of(latency, current_.latencies.size())];
}

void traffic_meter::on_batch(const batch_report& x) {
  std::lock_guard lock{mutex_};
  ++current_.batches;
  current_.items += x.size;
}

void traffic_meter::on_cache_access(uint64_t /*key_hash*/, bool hit) {
  std::lock_guard lock{mutex_};
  ++current_.lookups;
  current_.hits += hit ? 1 : 0;
}

traffic traffic_meter::take() {
  auto now = std::chrono::steady_clock::now();
  std::lock_guard lock{mutex_};
  current_.period = now - std::exchange(began_, now);
  return std::exchange(current_, {});
}

} // namespace tuner::example
