#include "actors/fleet/waves.hpp"

#include <algorithm>

namespace tuner {

namespace {

constexpr size_t names_max = 7;

} // namespace

size_t wave_size(size_t group, size_t number) {
  return number == 1 ? std::max<size_t>(group / 5, 1) : group;
}

bool stops_rollout(size_t judged, size_t rolled_back) {
  return 3 * rolled_back > judged;
}

std::string listed(const std::vector<std::string>& names) {
  std::string result;
  auto shown = std::min(names.size(), names_max);
  for (size_t i = 0; i < shown; ++i) {
    auto last = i + 1 == names.size();
    result += (i == 0 ? "" : last ? " and " : ", ") + names[i];
  }
  if (shown < names.size())
    result += " and " + std::to_string(names.size() - shown) + " more";
  return result;
}

} // namespace tuner
