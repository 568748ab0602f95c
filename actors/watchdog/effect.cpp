#include "actors/watchdog/effect.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tuner {

namespace {

/// What p95s of two seconds scatter by commonly, and how many windows that
/// counts as.
constexpr double common_variance = 0.1 * 0.1;
constexpr double common_weight = 2;
/// Nothing is known better than this: the model is not perfect.
constexpr double error_least = 0.03;
/// Of the deviation before where none was seen.
constexpr double unseen_variance = 0.15 * 0.15;
/// Standard errors that a change has to be worse by. More than are common,
/// since a trial is looked at many times.
constexpr double errors_to_doubt = 3.5;
constexpr double errors_to_trust = 2;

double mean_of(const std::vector<double>& x) {
  return x.empty()
    ? 0
    : std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double variance_of(const std::vector<double>& x) {
  if (x.size() < 2)
    return 0;
  auto mean = mean_of(x);
  double sum = 0;
  for (auto v : x)
    sum += (v - mean) * (v - mean);
  return sum / static_cast<double>(x.size() - 1);
}

estimate difference(
  const std::vector<double>& before, const std::vector<double>& after) {
  auto n = static_cast<double>(before.size());
  auto m = static_cast<double>(after.size());
  if (after.empty())
    return {0, 1};
  auto lag = std::min<size_t>(12, before.size() / 6);
  auto v0 =
    (n * long_run_variance(before, lag) + common_weight * common_variance)
    / (n + common_weight);
  auto v = std::max(v0, variance_of(after));
  auto squared = v / m * (1 + 2 / m) + error_least * error_least
    + (before.empty() ? unseen_variance : v0 / n);
  return {mean_of(after) - mean_of(before), std::sqrt(squared)};
}

double most(const estimate& x) {
  return x.value + errors_to_trust * x.error;
}

} // namespace

double long_run_variance(const std::vector<double>& x, size_t lag) {
  if (x.size() < 2)
    return 0;
  auto mean = mean_of(x);
  auto n = static_cast<double>(x.size());
  auto covariance = [&](size_t apart) {
    double sum = 0;
    for (size_t i = apart; i < x.size(); ++i)
      sum += (x[i] - mean) * (x[i - apart] - mean);
    return sum / n;
  };
  auto result = covariance(0);
  for (size_t i = 1; i <= std::min(lag, x.size() - 1); ++i)
    result += 2 * (1 - static_cast<double>(i) / (static_cast<double>(lag) + 1))
      * covariance(i);
  return std::max(result, 0.5 * variance_of(x));
}

effect compare(
  const std::vector<deviation>& before, const std::vector<deviation>& after,
  double tolerated_log) {
  auto column = [](const std::vector<deviation>& x, double deviation::*which) {
    std::vector<double> result;
    for (const auto& d : x)
      result.push_back(d.*which);
    return result;
  };
  effect result;
  result.before = before.size();
  result.after = after.size();
  auto p95_before = column(before, &deviation::p95);
  result.p95 = difference(p95_before, column(after, &deviation::p95));
  result.body = difference(
    column(before, &deviation::body), column(after, &deviation::body));
  auto usual = mean_of(p95_before);
  auto up = std::count_if(after.begin(), after.end(), [&](const auto& d) {
    return d.p95 - usual > 0.5 * tolerated_log;
  });
  result.all_up = static_cast<size_t>(up) == after.size();
  if (!after.empty())
    result.share_up =
      static_cast<double>(up) / static_cast<double>(after.size());
  return result;
}

bool effect::suspicious(double tolerated_log) const {
  if (after < 2 || !(p95.value > tolerated_log))
    return false;
  auto slightly = 0.25 * tolerated_log;
  // Four times the tolerated harm at once is not waited for.
  auto blatant = std::log1p(4 * std::expm1(tolerated_log));
  if (after == 2)
    return p95.value > blatant && all_up && body.value > slightly;
  auto m = static_cast<double>(after);
  auto surely = [&](const estimate& x) {
    return x.value - errors_to_doubt * std::sqrt(1 + 2 / m) * x.error;
  };
  if (share_up >= 0.6 && surely(p95) > slightly && body.value > slightly)
    return true;
  return body.value > tolerated_log && surely(body) > slightly;
}

bool effect::harmless(double tolerated_log) const {
  return after >= 3 && most(p95) < tolerated_log && most(body) < tolerated_log;
}

bool effect::probably_harmless(double tolerated_log) const {
  return after >= 3 && p95.value < tolerated_log && most(body) < tolerated_log;
}

} // namespace tuner
