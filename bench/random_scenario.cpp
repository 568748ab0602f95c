#include "bench/random_scenario.hpp"

#include "app/example_host/random.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

using namespace simulation;

/// More takes the oracle too long.
constexpr double rate_max = 2500;

/// Draws numbers with three digits, so that a file holds them exactly.
class dice {
public:
  dice(uint64_t seed, uint64_t index)
    : random_(example::scramble(seed) + index) {}

  double uniform(double low, double high) {
    return rounded(low + random_.uniform() * (high - low));
  }
  double log_uniform(double low, double high) {
    return rounded(low * std::pow(high / low, random_.uniform()));
  }
  uint64_t below(uint64_t n) { return random_.bits() % n; }

  static double rounded(double x) { return std::stod(format_number(x, 3)); }

private:
  example::random_source random_;
};

void draw_service(dice& random, service_config& x) {
  x.workers = static_cast<uint32_t>(1 + random.below(4));
  x.fixed_ms = random.log_uniform(0.2, 30);
  x.per_item_ms = dice::rounded(x.fixed_ms * random.log_uniform(0.01, 0.5));
  x.contention = random.uniform(0, 0.5);
  x.noise = random.log_uniform(0.02, 0.2);
  if (random.below(2) == 0)
    return;
  x.knee.batch = std::round(random.log_uniform(8, 64));
  x.knee.extra_ms_per_item =
    dice::rounded(x.per_item_ms * random.log_uniform(1, 10));
}

/// @returns how long a batch takes while all workers run.
double service_ms(const service_config& x, double batch) {
  auto beyond_knee = std::max(0.0, batch - x.knee.batch);
  return (x.fixed_ms + x.per_item_ms * batch
          + x.knee.extra_ms_per_item * beyond_knee)
    * (1 + x.contention * (x.workers - 1));
}

/// @returns the highest rate that batches can serve which leave half of the
/// objective for waiting.
double capacity_rps(const scenario& x) {
  double result = 0;
  for (double batch = 1; batch <= 128; ++batch) {
    auto took = service_ms(x.service, batch);
    if (took <= *x.slo.p95_latency_ms / 2)
      result = std::max(result, x.service.workers * batch / took * 1000);
  }
  return result;
}

void draw_arrivals(dice& random, double peak, arrivals_config& x) {
  auto low = dice::rounded(peak * random.uniform(0.15, 0.7));
  auto kind = random.below(4);
  x.kind = kind == 0 ? "sine" : kind == 1 ? "on_off" : "piecewise";
  x.mean = dice::rounded((peak + low) / 2);
  x.amplitude = dice::rounded((peak - low) / 2);
  x.period_seconds = random.uniform(600, 1800);
  x.on_rate = peak;
  x.off_rate = low;
  x.on_seconds = random.uniform(30, 120);
  x.off_seconds = random.uniform(60, 240);
  auto up = random.uniform(300, 700);
  auto down = random.uniform(1000, 1500);
  x.rates = {{0, peak}};
  if (kind == 2)
    x.rates = {{0, low}, {up, peak}, {down, low}};
}

std::string rows_json(const rows& xs) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "[" : ", [") + text::number(x[0]) + ", "
      + text::number(x[1]) + ']';
  return '[' + result + ']';
}

std::string field(const char* key, double x) {
  return text::quoted(key) + ": " + text::number(x);
}

std::string arrivals_json(const arrivals_config& x) {
  auto begin = "{\"kind\": " + text::quoted(x.kind) + ", ";
  if (x.kind == "sine")
    return begin + field("mean", x.mean) + ", "
      + field("amplitude", x.amplitude) + ", "
      + field("period_seconds", x.period_seconds) + '}';
  if (x.kind == "on_off")
    return begin + field("on_rate", x.on_rate) + ", "
      + field("off_rate", x.off_rate) + ", " + field("on_seconds", x.on_seconds)
      + ", " + field("off_seconds", x.off_seconds) + '}';
  return begin + "\"rates\": " + rows_json(x.rates) + '}';
}

std::string service_json(const service_config& x) {
  auto result = '{' + field("workers", x.workers) + ", "
    + field("fixed_ms", x.fixed_ms) + ", " + field("per_item_ms", x.per_item_ms)
    + ", " + field("noise", x.noise) + ", " + field("contention", x.contention);
  if (std::isfinite(x.knee.batch))
    result += ", \"knee\": {" + field("batch", x.knee.batch) + ", "
      + field("extra_ms_per_item", x.knee.extra_ms_per_item) + '}';
  return result + '}';
}

} // namespace

scenario draw_scenario(uint64_t seed, uint64_t index) {
  dice random{seed, index};
  scenario x;
  x.name = "random_" + std::to_string(seed) + '_' + std::to_string(index);
  x.duration_seconds = 1800;
  x.seed = index + 1;
  x.tuner.tuning_interval_seconds = 10;
  draw_service(random, x.service);
  // Of a batch of 8: twice as long is hardly possible, 20 times is no burden.
  x.slo.p95_latency_ms =
    dice::rounded(service_ms(x.service, 8) * random.log_uniform(2.5, 20));
  auto share = random.log_uniform(0.05, 0.75);
  auto peak = dice::rounded(std::min(share * capacity_rps(x), rate_max));
  draw_arrivals(random, peak, x.arrivals);
  return x;
}

std::string to_json(const scenario& x) {
  return "{\"name\": " + text::quoted(x.name) + ", "
    + field("duration_seconds", x.duration_seconds) + ", "
    + field("seed", static_cast<double>(x.seed)) + ", \"slo\": {"
    + field("p95_latency_ms", *x.slo.p95_latency_ms) + "}, \"initial\": {"
    + field("batch_size", x.initial.batch_size) + ", "
    + field("batch_timeout_ms", x.initial.batch_timeout_ms)
    + "}, \"arrivals\": " + arrivals_json(x.arrivals)
    + ", \"service\": " + service_json(x.service) + ", \"tuner\": {"
    + field("tuning_interval_seconds", x.tuner.tuning_interval_seconds) + "}}";
}

} // namespace tuner
