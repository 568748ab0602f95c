#include "actors/applier/strategy.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr uint32_t gradual_steps_max = 2;

std::vector<knob_move> halved(const std::vector<knob_move>& moves) {
  std::vector<knob_move> result;
  for (auto move : moves) {
    auto half = move.from + 0.5 * (move.to - move.from);
    auto whole = std::floor(move.from) == move.from
      && std::floor(move.to) == move.to && std::abs(move.to) > 1;
    // Back by half at least.
    if (whole)
      half = half > move.from ? std::floor(half) : std::ceil(half);
    if (half == move.from)
      continue;
    move.to = half;
    result.push_back(move);
  }
  return result;
}

/// By the judge if it can tell, else by how far the knob went.
double guilt(const knob_move& move, const verdict& how) {
  auto told = how.numbers.find("p95_ratio_by_" + move.knob);
  if (told != how.numbers.end())
    return 1e6 + told->second;
  auto ratio =
    std::max(std::abs(move.to), 1e-3) / std::max(std::abs(move.from), 1e-3);
  return std::abs(std::log(ratio));
}

std::vector<knob_move>
without_the_guilty(std::vector<knob_move> moves, const verdict& how) {
  auto guilty = std::max_element(
    moves.begin(), moves.end(), [&](const knob_move& a, const knob_move& b) {
      return guilt(a, how) < guilt(b, how);
    });
  if (guilty != moves.end())
    moves.erase(guilty);
  return moves;
}

} // namespace

rollback_strategy strategy_of(std::string_view name) {
  if (name == "gradual")
    return rollback_strategy::gradual;
  return name == "partial" ? rollback_strategy::partial
                           : rollback_strategy::full;
}

std::vector<knob_move> left_of(
  const change& undone, const verdict& how, rollback_strategy by,
  uint32_t steps) {
  if (how.numbers.contains("tripwire"))
    return {};
  switch (by) {
  case rollback_strategy::full:
    return {};
  case rollback_strategy::gradual:
    return steps < gradual_steps_max ? halved(undone.moves)
                                     : std::vector<knob_move>{};
  case rollback_strategy::partial:
    return without_the_guilty(undone.moves, how);
  }
  return {};
}

} // namespace tuner
