#include "actors/model/service_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner::model {

namespace {

constexpr double known_from = 8; ///< Samples that make a size known.

double median(std::vector<double>& x) {
  auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  return *middle;
}

bool usable(const batch_record& x) {
  return x.size > 0 && x.service_ms > 0 && std::isfinite(x.service_ms);
}

size_t size_of(const batch_record& x) {
  return std::min<size_t>(x.size, service_model::sizes_max);
}

double log_seconds(const batch_record& x) {
  return std::log(1e-3 * static_cast<double>(x.service_ms));
}

double others_of(const batch_record& x) {
  return std::min(static_cast<double>(x.others_running), 1024.0);
}

} // namespace

double service_model::drift() const {
  return std::exp(log_drift_);
}

bool service_model::knows(size_t size) const {
  return size >= 1
    && long_run_at(std::min(size, sizes_max)).count >= known_from;
}

void service_model::learn(const std::vector<batch_record>& batches) {
  follow_drift(batches);
  for (const auto& x : batches) {
    if (!usable(x))
      continue;
    by_size_[size_of(x)].add(log_seconds(x) - log_drift_, others_of(x));
    ++total_;
  }
  refit();
}

/// @returns what is known of this size, or else of those within 3 % of it.
sample_totals service_model::long_run_at(size_t size) const {
  auto here = by_size_.find(size);
  if (here != by_size_.end() && here->second.long_run().count >= known_from)
    return here->second.long_run();
  sample_totals result;
  auto end = by_size_.upper_bound(size + size * 3 / 100);
  for (auto i = by_size_.lower_bound(size - size * 3 / 100); i != end; ++i) {
    result.count += i->second.long_run().count;
    result.k += i->second.long_run().k;
    result.y += i->second.long_run().y;
  }
  return result;
}

void service_model::follow_drift(const std::vector<batch_record>& batches) {
  std::vector<double> off;
  double doubt = 0; // Variance of the means that these are off from, by noise.
  for (const auto& x : batches) {
    if (!usable(x))
      continue;
    auto known = long_run_at(size_of(x));
    if (known.count < known_from)
      continue;
    auto expected = known.y / known.count + log_drift_
      + std::log1p(contention_ * others_of(x))
      - std::log1p(contention_ * known.k / known.count);
    off.push_back(log_seconds(x) - expected);
    doubt += 1 / known.count;
  }
  if (off.size() < 5)
    return;
  auto m = static_cast<double>(off.size());
  auto middle = median(off);
  // A median of m values scatters 1.25 times as much as their mean. What it is
  // compared with is off too, always in the same direction.
  auto noise = spread_ * 1.25 / std::sqrt(m);
  auto fault = spread_ * std::sqrt(doubt / m);
  // 4.5 times: of an hour of medians, hardly one is that far off by chance.
  if (std::abs(middle) > std::max(4.5 * std::hypot(noise, fault), 0.04)) {
    log_drift_ += middle;
    lately_off_ = 0;
    ++jumps_;
    return;
  }
  // Small and lasting: an average that is out of its own noise. Following each
  // median would make the curve wander where it is not refreshed.
  constexpr double gain = 0.05;
  lately_off_ += gain * (middle - lately_off_);
  auto averaged = noise * std::sqrt(gain / (2 - gain));
  if (std::abs(lately_off_) > 4 * std::hypot(averaged, fault))
    log_drift_ += std::exchange(lately_off_, 0.0);
}

/// Within each size: how ln s moves with k, and how it scatters otherwise.
void service_model::refit() {
  constexpr double prior = 5;
  double covariation = prior * std::log1p(0.1);
  double variation = prior;
  double squares = 0;
  double freedom = 0;
  for (const auto& [size, samples] : by_size_) {
    auto s = samples.sums();
    if (s.count < 3)
      continue;
    covariation += s.covariation();
    variation += s.variation_of_k();
    squares += s.variation_of_y();
    freedom += s.count - 1;
  }
  auto slope = covariation / variation;
  contention_ = std::clamp(std::expm1(slope), 0.0, 10.0);
  if (freedom > 10) {
    auto unexplained = squares - slope * slope * (variation - prior);
    spread_ = std::sqrt(std::max(unexplained / freedom, 1e-6));
  }
}

std::vector<size_mean> service_model::means() const {
  std::vector<size_mean> result;
  for (const auto& [size, samples] : by_size_)
    result.push_back(
      {static_cast<double>(size), samples.sums().count,
       samples.mean_seconds(contention_)});
  return result;
}

service_table service_model::table() const {
  service_table result;
  result.contention = contention_;
  result.spread = spread_;
  if (by_size_.empty())
    return result;
  result.smallest_seen = by_size_.begin()->first;
  result.largest_seen = by_size_.rbegin()->first;
  auto curve = fit_curve(means(), spread_, sizes_max);
  result.seconds = std::move(curve.seconds);
  result.knees = std::move(curve.knees);
  for (auto& x : result.seconds)
    x *= drift();
  return result;
}

service_table service_model::hoped_beyond(size_t size) const {
  auto result = table();
  auto from = 0.5 * static_cast<double>(size);
  auto to = static_cast<double>(size);
  line_fit fit;
  std::vector<double> shown(result.seconds.size());
  for (const auto& m : means()) {
    if (m.size >= from && m.size <= to)
      fit.add(m.count, m.size, m.seconds * drift());
    auto at = static_cast<size_t>(m.size);
    if (m.count >= 3 && at < shown.size())
      shown[at] = m.seconds * drift() * (1 - 2 * spread_ / std::sqrt(m.count));
  }
  if (fit.w == 0)
    return result;
  for (auto i = size + 1; i < result.seconds.size(); ++i)
    result.seconds[i] = std::max(
      {result.seconds[i - 1], shown[i],
       std::min(result.seconds[i], fit.at(static_cast<double>(i)))});
  return result;
}

service_memory service_model::memory() const {
  service_memory result;
  result.log_drift = log_drift_;
  for (const auto& [size, samples] : by_size_)
    result.sizes.push_back(samples.memory(size));
  return result;
}

void service_model::restore(const service_memory& x) {
  if (total_ > 0)
    return;
  log_drift_ = x.log_drift;
  for (const auto& known : x.sizes) {
    by_size_[known.size] = size_samples::from(known);
    total_ += static_cast<size_t>(known.samples);
  }
  refit();
}

} // namespace tuner::model
