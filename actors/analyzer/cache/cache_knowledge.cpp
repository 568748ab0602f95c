#include "actors/analyzer/cache/cache_knowledge.hpp"

#include "actors/analyzer/cache/position_histogram.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr double accesses_max = 1e15;

double amount(const json::value& from) {
  auto x = from.to_number<double>();
  if (!(x >= 0 && x <= accesses_max))
    throw std::range_error{"an amount that no cache has"};
  return x;
}

void check(const curve_memory& x) {
  auto sorted = x.keys;
  std::sort(sorted.begin(), sorted.end());
  if (
    std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()
    || (!sorted.empty() && sorted.back() >= x.threshold))
    throw std::range_error{"keys that no curve follows"};
  for (const auto& [bucket, weight] : x.reuses)
    if (bucket >= position_histogram::buckets)
      throw std::range_error{"a position that no curve has"};
}

} // namespace

std::string to_text(const cache_knowledge& x) {
  auto rounded = [](double accesses) {
    return std::round(accesses * 100) / 100;
  };
  json::array keys(x.curve.keys.begin(), x.curve.keys.end());
  json::array reuses;
  for (const auto& [bucket, weight] : x.curve.reuses)
    reuses.push_back(json::array{bucket, rounded(weight)});
  json::value entry;
  if (x.entry_bytes)
    entry = *x.entry_bytes;
  return json::serialize(json::object{
    {"threshold", x.curve.threshold},
    {"keys", std::move(keys)},
    {"reuses", std::move(reuses)},
    {"firsts", rounded(x.curve.firsts)},
    {"accesses", rounded(x.curve.accesses)},
    {"stream", rounded(x.stream)},
    {"entry_bytes", std::move(entry)},
    {"entry_is_bound", x.entry_is_bound}});
}

cache_knowledge cache_knowledge_from(const std::string& text) {
  auto x = json::parse(text);
  cache_knowledge result;
  result.curve.threshold = x.at("threshold").to_number<uint64_t>();
  for (const auto& key : x.at("keys").as_array())
    result.curve.keys.push_back(key.to_number<uint64_t>());
  for (const auto& reuse : x.at("reuses").as_array())
    result.curve.reuses.emplace_back(
      reuse.at(0).to_number<uint32_t>(), amount(reuse.at(1)));
  result.curve.firsts = amount(x.at("firsts"));
  result.curve.accesses = amount(x.at("accesses"));
  result.stream = amount(x.at("stream"));
  if (!x.at("entry_bytes").is_null())
    result.entry_bytes = amount(x.at("entry_bytes"));
  result.entry_is_bound = x.at("entry_is_bound").as_bool();
  check(result.curve);
  return result;
}

} // namespace tuner
