#include "actors/fleet/peers.hpp"

#include "actors/fleet/comparison.hpp"

#include <algorithm>
#include <map>

namespace tuner {

namespace {

/// More tell little more.
constexpr size_t peers_most = 24;

using entry = std::pair<std::string, const member*>;

/// By the seconds compared: those who got a change together share them.
using known_shifts = std::map<compared_seconds, std::vector<shift>>;

/// What became of some of those that did not change.
std::vector<shift>
shifts_of_others(const std::vector<entry>& all, const compared_seconds& when) {
  std::vector<shift> result;
  auto stride = std::max<size_t>(all.size() / (2 * peers_most), 1);
  for (size_t first = 0; first < stride; ++first)
    for (auto i = first; i < all.size(); i += stride) {
      if (result.size() == peers_most)
        return result;
      if (auto x = shift_of(all[i].second->past, when, true))
        result.push_back(*x);
    }
  return result;
}

std::optional<peer_comparison> compared(
  const std::vector<entry>& all, const member& own, known_shifts& known) {
  const auto& what = own.unconfirmed.rbegin()->second;
  auto when = seconds_around(own.past, what.at, what.settle);
  auto here = shift_of(own.past, when, false);
  if (!here)
    return std::nullopt;
  auto i = known.find(when);
  if (i == known.end())
    i = known.emplace(when, shifts_of_others(all, when)).first;
  return compare(*here, i->second);
}

} // namespace

std::vector<std::pair<std::string, peer_comparison>> compared_with_peers(
  const std::vector<std::unique_ptr<band>>& fleet, instant now) {
  std::vector<entry> all;
  for (const auto& part : fleet)
    for (const auto& [name, x] : part->members())
      all.emplace_back(name, &x);
  known_shifts known;
  std::vector<std::pair<std::string, peer_comparison>> result;
  for (const auto& [name, x] : all) {
    if (!x->on_trial())
      continue;
    if (auto how = compared(all, *x, known)) {
      how->id = x->unconfirmed.rbegin()->first;
      how->at = now;
      result.emplace_back(name, *how);
    }
  }
  return result;
}

} // namespace tuner
