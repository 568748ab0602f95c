#include "actors/model/service_memory.hpp"

#include "actors/model/service_model.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tuner::model {

namespace {

namespace json = boost::json;

constexpr double log_seconds_max = 20; ///< Fifteen years.

bool plausible(const size_memory& x) {
  auto within = [](double value, double low, double high) {
    return value >= low && value <= high; // Not where it is NaN.
  };
  return x.size >= 1 && x.size <= service_model::sizes_max
    && within(x.samples, 1, 200) && within(x.level_count, 1, 5000)
    && within(x.log_seconds, -log_seconds_max, log_seconds_max)
    && within(x.level_log_seconds, -log_seconds_max, log_seconds_max)
    && within(x.others, 0, 1024) && within(x.level_others, 0, 1024)
    && within(x.others_spread, 0, 1024) && within(x.slope, -10, 10)
    && within(x.spread, 0, 10);
}

size_memory size_memory_from(const json::value& from) {
  const auto& x = from.as_array();
  auto number = [&](size_t i) { return x.at(i).to_number<double>(); };
  size_memory result;
  result.size = x.at(0).to_number<size_t>();
  result.samples = std::floor(number(1));
  result.log_seconds = number(2);
  result.others = number(3);
  result.others_spread = number(4);
  result.slope = number(5);
  result.spread = number(6);
  result.level_count = number(7);
  result.level_log_seconds = number(8);
  result.level_others = number(9);
  return result;
}

} // namespace

std::string to_text(const service_memory& x) {
  // Five digits: a curve known to 0.001 % is known well enough.
  auto rounded = [](double value) { return std::round(value * 1e5) / 1e5; };
  json::array sizes;
  for (const auto& s : x.sizes)
    sizes.push_back(json::array{
      s.size, s.samples, rounded(s.log_seconds), rounded(s.others),
      rounded(s.others_spread), rounded(s.slope), rounded(s.spread),
      std::round(s.level_count), rounded(s.level_log_seconds),
      rounded(s.level_others)});
  return json::serialize(json::array{rounded(x.log_drift), std::move(sizes)});
}

service_memory service_memory_from(const std::string& text) {
  auto parsed = json::parse(text);
  const auto& x = parsed.as_array();
  service_memory result;
  result.log_drift = x.at(0).to_number<double>();
  if (!(std::abs(result.log_drift) <= log_seconds_max))
    throw std::range_error{"a drift that no host has"};
  for (const auto& size : x.at(1).as_array())
    if (auto known = size_memory_from(size); plausible(known))
      result.sizes.push_back(known);
  return result;
}

service_memory service_model::memory() const {
  service_memory result;
  result.log_drift = log_drift_;
  for (const auto& [size, samples] : by_size_) {
    auto count = static_cast<double>(samples.points.size());
    double k = 0, y = 0, kk = 0, ky = 0, yy = 0;
    for (const auto& p : samples.points) {
      k += static_cast<double>(p.others) / count;
      y += static_cast<double>(p.log_seconds) / count;
    }
    for (const auto& p : samples.points) {
      auto others = static_cast<double>(p.others) - k;
      auto value = static_cast<double>(p.log_seconds) - y;
      kk += others * others / count;
      ky += others * value / count;
      yy += value * value / count;
    }
    auto slope = kk > 0 ? ky / kk : 0;
    const auto& long_run = levels_[size];
    result.sizes.push_back(
      {size, count, y, k, std::sqrt(kk), slope,
       std::sqrt(std::max(yy - slope * ky, 0.0)), long_run.count,
       long_run.sum / long_run.count, long_run.others / long_run.count});
  }
  return result;
}

/// Four points, one standard deviation off either way in both directions, have
/// the same moments as the samples had; so have as many repetitions of them.
/// What is cut off at no batches beside stays on the same line.
void service_model::restore(const service_memory& x) {
  if (total_ > 0)
    return;
  log_drift_ = x.log_drift;
  for (const auto& known : x.sizes) {
    auto& samples = by_size_[known.size];
    auto count = static_cast<size_t>(known.samples);
    for (size_t i = 0; i < count; ++i) {
      auto beside = count < 2 ? 0 : known.others_spread * (i % 2 ? 1 : -1);
      auto rest = count < 4 ? 0 : known.spread * (i % 4 < 2 ? 1 : -1);
      auto others = std::max(known.others + beside, 0.0);
      auto expected = known.log_seconds + known.slope * (others - known.others);
      samples.points.push_back(
        {static_cast<float>(expected + rest), static_cast<float>(others)});
    }
    total_ += count;
    levels_[known.size] = {
      known.level_log_seconds * known.level_count,
      known.level_others * known.level_count, known.level_count};
  }
  if (!by_size_.empty())
    refit();
}

} // namespace tuner::model
