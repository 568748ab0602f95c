#include "actors/fleet/hardware.hpp"

#include "actors/fleet/canary.hpp"
#include "actors/model/service_memory.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

namespace tuner {

namespace {

constexpr double samples_least = 8;
constexpr size_t sizes_least = 3;
constexpr double differs_by = 0.2;
constexpr double errors = 3;
constexpr double spread_least = 0.02;
/// What a batch beside adds, where nobody has measured it.
constexpr double contention = 0.1;
/// More are not tried for the one that most are like.
constexpr size_t tried_most = 32;

using curves = std::map<std::string, service_curve>;
using names = std::vector<std::string>;

/// @returns the one that most others are like; the first of equals.
std::string typical(const names& all, const curves& of) {
  std::string best;
  std::ptrdiff_t most = -1;
  auto stride = std::max<size_t>(all.size() / tried_most, 1);
  for (size_t i = 0; i < all.size(); i += stride) {
    const auto& own = of.at(all[i]);
    auto alike = std::count_if(all.begin(), all.end(), [&](const auto& x) {
      return !differ(own, of.at(x));
    });
    if (alike > most) {
      most = alike;
      best = all[i];
    }
  }
  return best;
}

} // namespace

service_curve curve_of(const std::string& text) {
  service_curve result;
  if (text.empty())
    return result;
  try {
    auto known = model::service_memory_from(text);
    for (const auto& x : known.sizes)
      if (x.samples >= samples_least)
        result[x.size] = {
          x.log_seconds - std::log1p(contention * x.others),
          std::max(x.spread, spread_least) / std::sqrt(x.samples)};
  } catch (const std::exception&) {
    result.clear(); // Of another version.
  }
  return result;
}

bool differ(const service_curve& f, const service_curve& g) {
  std::vector<double> distances;
  std::vector<double> noise;
  for (const auto& [size, a] : f)
    if (auto i = g.find(size); i != g.end()) {
      distances.push_back(std::abs(a.log_seconds - i->second.log_seconds));
      noise.push_back(std::hypot(a.error, i->second.error));
    }
  if (distances.size() < sizes_least)
    return false;
  auto distance = median(std::move(distances));
  return distance > differs_by && distance > errors * median(std::move(noise));
}

std::map<std::string, std::size_t> moves_between_classes(
  const curves& of, const std::map<std::string, std::size_t>& classes) {
  std::map<std::size_t, names> members;
  for (const auto& [name, where] : classes)
    if (auto i = of.find(name); i != of.end() && !i->second.empty())
      members[where].push_back(name);
  std::map<std::size_t, std::string> like; // By class.
  for (const auto& [where, all] : members)
    like[where] = typical(all, of);
  std::map<std::string, std::size_t> result;
  for (const auto& [where, all] : members)
    for (const auto& name : all) {
      if (!differ(of.at(name), of.at(like[where])))
        continue;
      auto fits = std::find_if(like.begin(), like.end(), [&](const auto& x) {
        return !differ(of.at(name), of.at(x.second));
      });
      std::size_t to = 0; // The first number that is free.
      if (fits != like.end())
        to = fits->first;
      else
        while (like.count(to) > 0)
          ++to;
      like.try_emplace(to, name);
      result[name] = to;
    }
  return result;
}

} // namespace tuner
