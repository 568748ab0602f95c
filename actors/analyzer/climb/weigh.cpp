#include "actors/analyzer/climb/weigh.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::climb {

namespace {

constexpr double error_min = 0.004;
constexpr double same_load_ratio = 1.15;
constexpr double served_loss = 0.02;

double busy(const picture& x) {
  return x.busy_ms ? *x.busy_ms : 0;
}

double p95(const picture& x) {
  return x.p95_ms;
}

struct spread {
  double mean = 0;
  double variance_of_mean = 0;
};

std::optional<spread>
spread_of(const evidence& x, double (*figure)(const picture&)) {
  auto n = static_cast<double>(x.parts.size());
  if (n < 2)
    return std::nullopt;
  double sum = 0;
  double squares = 0;
  for (const auto& part : x.parts) {
    auto value = figure(part);
    if (!(value > 0) || !std::isfinite(value))
      return std::nullopt;
    sum += std::log(value);
    squares += std::log(value) * std::log(value);
  }
  auto mean = sum / n;
  auto variance = std::max(0.0, (squares - n * mean * mean) / (n - 1));
  return spread{mean, variance / n};
}

} // namespace

bool difference::fell(double least) const {
  return log_ratio < -std::max(2 * error, std::log1p(least));
}

bool difference::rose(double least) const {
  return log_ratio > std::max(2 * error, std::log1p(least));
}

std::optional<difference> compare(
  const evidence& before, const evidence& after,
  double (*figure)(const picture&)) {
  auto a = spread_of(before, figure);
  auto b = spread_of(after, figure);
  if (!a || !b)
    return std::nullopt;
  auto error = std::sqrt(a->variance_of_mean + b->variance_of_mean);
  return difference{b->mean - a->mean, std::max(error_min, error)};
}

bool same_load(const evidence& before, const evidence& after) {
  auto a = before.all.load_rps;
  auto b = after.all.load_rps;
  return a > 0 && b > 0 && std::max(a, b) <= same_load_ratio * std::min(a, b);
}

std::optional<difference>
cost_difference(const evidence& before, const evidence& after) {
  if (!same_load(before, after))
    return std::nullopt;
  return compare(before, after, busy);
}

std::optional<bool> weigh(
  const evidence& before, const evidence& after, const reading& p95_slo_ms) {
  auto slower = compare(before, after, p95);
  if (!slower || !(before.all.load_rps > 0) || !(after.all.load_rps > 0))
    return std::nullopt;
  if (after.all.served_ratio < before.all.served_ratio - served_loss)
    return false;
  auto cost = cost_difference(before, after);
  if (p95_slo_ms) {
    auto met = [&](const evidence& x) {
      return x.worst_p95_ms() <= *p95_slo_ms;
    };
    if (met(before) && !met(after))
      return false;
    if (met(before) && cost)
      return cost->fell(0.01);
  }
  auto less_load = std::log(before.all.load_rps / after.all.load_rps);
  auto owed = *slower;
  owed.log_ratio += std::max(0.0, less_load);
  if (owed.fell(0.02))
    return true;
  return std::abs(slower->log_ratio) < 0.02 && cost && cost->fell(0.02);
}

} // namespace tuner::climb
