#include "actors/fleet/canary.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr double typical_least = 0.8;
constexpr double typical_most = 1.25;
constexpr double idle_rps = 1e-3; ///< So that ratios exist without traffic.

} // namespace

double median(std::vector<double> x) {
  if (x.empty())
    return 0;
  auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  if (x.size() % 2 == 1)
    return *middle;
  return (*middle + *std::max_element(x.begin(), middle)) / 2;
}

std::string
choose_canary(const std::vector<contender>& all, const std::string& present) {
  std::vector<double> loads;
  loads.reserve(all.size());
  for (const auto& x : all)
    loads.push_back(x.load_rps);
  auto typical = median(loads) + idle_rps;
  const contender* best = nullptr;
  double best_distance = 0;
  for (const auto& x : all) {
    if (!x.fit)
      continue;
    auto ratio = (x.load_rps + idle_rps) / typical;
    auto stays = x.name == present
      && (x.bound || (ratio >= typical_least && ratio <= typical_most));
    if (stays)
      return present;
    auto distance = std::abs(std::log(ratio));
    if (!best || distance < best_distance) {
      best = &x;
      best_distance = distance;
    }
  }
  return best ? best->name : std::string{};
}

} // namespace tuner
