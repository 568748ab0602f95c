#include "actors/analyzer/blame.hpp"

#include <algorithm>
#include <cstdlib>

namespace tuner {

bool blame_book::concerns(const entry& x, const knob_move& move, regime where) {
  return x.knob == move.knob && x.up == (move.to > move.from)
    && (x.up ? move.to > x.from : move.to < x.from)
    && std::abs(x.where - where) <= 1;
}

void blame_book::blame(
  const std::vector<knob_move>& moves, double load_rps, instant now) {
  std::erase_if(
    entries_, [&](const entry& x) { return x.until() + x.length <= now; });
  auto where = regime_of(load_rps);
  for (const auto& move : moves) {
    entry failed{move.knob, move.to > move.from, move.from, where,
                 now,       params_.first};
    for (const auto& x : entries_)
      if (concerns(x, move, where))
        failed.length =
          std::max(failed.length, std::min(2 * x.length, params_.longest));
    std::erase_if(
      entries_, [&](const entry& x) { return concerns(x, move, where); });
    entries_.push_back(std::move(failed));
  }
}

std::optional<std::string> blame_book::held_because(
  const std::vector<knob_move>& moves, double load_rps, instant now) const {
  auto where = regime_of(load_rps);
  const entry* longest = nullptr;
  for (const auto& move : moves)
    for (const auto& x : entries_)
      if (
        concerns(x, move, where) && now < x.until()
        && (!longest || longest->until() < x.until()))
        longest = &x;
  if (!longest)
    return std::nullopt;
  return longest->knob + (longest->up ? " up" : " down")
    + " was rolled back at " + to_string(longest->at)
    + " under a load like this; not tried again until "
    + to_string(longest->until());
}

} // namespace tuner
