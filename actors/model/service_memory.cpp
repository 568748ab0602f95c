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
  result.samples = number(1);
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
      s.size, std::round(s.samples), rounded(s.log_seconds), rounded(s.others),
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

} // namespace tuner::model
