#include "actors/analyzer/analysis.hpp"

#include <algorithm>

namespace tuner {

namespace {

std::vector<knob_move> allowed(
  std::vector<knob_move> wanted, const observation& seen,
  const knob_table& knobs) {
  std::vector<knob_move> result;
  for (auto& move : wanted) {
    const auto* spec = knobs.find(move.knob);
    auto current = seen.in_force.find(move.knob);
    if (!spec || !spec->enabled || current == seen.in_force.end())
      continue;
    move.from = current->second;
    move.to = clamp(*spec, move.to);
    if (move.to != move.from)
      result.push_back(std::move(move));
  }
  return result;
}

std::vector<std::string> held_knobs(
  const std::vector<knob_move>& moves, const observation& seen,
  const knob_table& knobs) {
  std::vector<std::string> result;
  for (const auto& spec : knobs.knobs) {
    auto moves_it = std::any_of(moves.begin(), moves.end(), [&](const auto& m) {
      return m.knob == spec.name;
    });
    if (spec.enabled && !moves_it && seen.in_force.count(spec.name) > 0)
      result.push_back(spec.name);
  }
  return result;
}

std::string joined_reasons(const std::vector<knob_move>& moves) {
  std::string result;
  for (const auto& m : moves)
    result += (result.empty() ? "" : "; ") + m.reason;
  return result;
}

} // namespace

analysis analyze(
  policy& decide_by, const observation& seen, const knob_table& knobs,
  uint64_t requests_min, instant now) {
  analysis result;
  result.at = now;
  result.evidence = seen;
  if (seen.completed == 0 || seen.completed < requests_min) {
    result.reason = analysis_text::insufficient;
    return result;
  }
  result.moves = allowed(decide_by.decide(seen, knobs), seen, knobs);
  result.held = held_knobs(result.moves, seen, knobs);
  result.reason = result.moves.empty() ? analysis_text::optimal
                                       : joined_reasons(result.moves);
  return result;
}

proposal proposal_of(const analysis& x) {
  return {x.moves, x.evidence, x.reason};
}

} // namespace tuner
