#include "actors/analyzer/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tuner {

namespace {

/// Shortens a move to the ratio that the knob may be changed by at once; one
/// step of the knob is always allowed. From 0 or below there is no ratio.
void limit_step(knob_move& move, const knob_spec& spec) {
  auto ratio = spec.max_step_ratio;
  if (!(ratio > 1) || !(move.from > 0))
    return;
  auto to =
    clamp(spec, std::clamp(move.to, move.from / ratio, move.from * ratio));
  if (to == move.from && move.to != move.from)
    to = clamp(spec, move.from + std::copysign(spec.step, move.to - move.from));
  if (to == move.to)
    return;
  move.reason += " (" + format_number(move.to) + " wanted, at most "
    + format_number(ratio) + " times at once)";
  move.to = to;
}

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
    limit_step(move, *spec);
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

/// @returns what was weighed about `values`, within a hundredth of each.
const candidate*
weighed(const std::vector<candidate>& all, const settings& values) {
  auto is = [&](const candidate& x) {
    return std::all_of(x.values.begin(), x.values.end(), [&](const auto& v) {
      auto i = values.find(v.first);
      return i != values.end()
        && std::abs(v.second - i->second) <= 0.01 * std::abs(i->second);
    });
  };
  auto i = std::find_if(all.begin(), all.end(), is);
  return i == all.end() ? nullptr : &*i;
}

/// @returns the share saved; unknown unless both are known.
reading saved(double from, double to) {
  return from > 0 && to > 0 ? reading{1 - to / from} : reading{};
}

std::string joined_reasons(const std::vector<knob_move>& moves) {
  std::string result;
  // Knobs that move together for one reason don't repeat it.
  for (const auto& m : moves)
    if (result != m.reason)
      result += (result.empty() ? "" : "; ") + m.reason;
  return result;
}

} // namespace

analysis analyze(
  policy& decide_by, const observation& seen, const knob_table& knobs,
  uint64_t requests_min, instant now) {
  if (seen.completed > 0 && seen.completed >= requests_min)
    return analysis_of(decide_by.decide(seen, knobs), seen, knobs, now);
  analysis result;
  result.at = now;
  result.evidence = seen;
  result.reason = analysis_text::insufficient;
  return result;
}

analysis analysis_of(
  decision wanted, const observation& seen, const knob_table& knobs,
  instant now) {
  analysis result;
  result.at = now;
  result.evidence = seen;
  result.moves = allowed(std::move(wanted.moves), seen, knobs);
  result.held = held_knobs(result.moves, seen, knobs);
  result.considered = std::move(wanted.considered);
  result.settle = wanted.settle;
  if (!result.moves.empty())
    result.reason = joined_reasons(result.moves);
  else if (!wanted.reason.empty())
    result.reason = std::move(wanted.reason);
  else
    result.reason = analysis_text::optimal;
  return result;
}

void hold(analysis& x, const std::string& why, const knob_table& knobs) {
  x.reason = why + "; wanted " + to_string(x.moves) + ": " + x.reason;
  x.moves.clear();
  x.held = held_knobs(x.moves, x.evidence, knobs);
}

std::vector<knob_move>
stand_down(knob_table& knobs, const std::vector<knob_move>& edits) {
  std::vector<knob_move> result;
  for (const auto& edit : edits)
    for (auto& spec : knobs.knobs)
      if (spec.name == edit.knob && std::exchange(spec.enabled, false))
        result.push_back(edit);
  return result;
}

void drop_switched_off(std::vector<knob_move>& moves, const knob_table& knobs) {
  std::erase_if(moves, [&](const knob_move& x) {
    const auto* spec = knobs.find(x.knob);
    return !spec || !spec->enabled;
  });
}

expected_gain gain_expected(const analysis& x) {
  auto moved = x.evidence.in_force;
  for (const auto& move : x.moves)
    moved[move.knob] = move.to;
  const auto* from = weighed(x.considered, x.evidence.in_force);
  const auto* to = weighed(x.considered, moved);
  if (!from || !to)
    return {};
  return {saved(from->p95_ms, to->p95_ms), saved(from->cost, to->cost)};
}

std::string words(const expected_gain& x) {
  if (!x.p95 && !x.cost)
    return {};
  auto part = [](const char* what, const reading& saved) {
    return format_number(100 * std::abs(*saved), 3) + " % "
      + (*saved < 0 ? "more " : "less ") + what;
  };
  std::string result = "; by the model ";
  if (x.p95)
    result += part("p95", x.p95);
  if (x.cost)
    result += (x.p95 ? " at " : "") + part("cost", x.cost);
  return result;
}

proposal proposal_of(const analysis& x) {
  return {x.moves, x.evidence, x.reason, x.considered, false, x.settle};
}

} // namespace tuner
