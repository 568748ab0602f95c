#include "actors/fleet/member.hpp"

#include <algorithm>

namespace tuner {

namespace {

constexpr double load_memory_seconds = 60;

void apply(settings& to, const std::vector<knob_move>& moves) {
  for (const auto& x : moves)
    to[x.knob] = x.to;
}

} // namespace

bool member::free(instant now) const {
  return report.status.state == tuning_state::enabled && !asked && !on_trial()
    && !confirmed.empty() && now >= not_before;
}

std::vector<knob_move> member::missing(const settings& wanted) const {
  std::vector<knob_move> result;
  const auto& down = report.standing_down;
  for (const auto& [knob, value] : wanted) {
    auto has = confirmed.find(knob);
    auto told = answered.find(knob);
    if (has == confirmed.end() || has->second == value)
      continue;
    if (told != answered.end() && told->second == value)
      continue;
    if (std::find(down.begin(), down.end(), knob) == down.end())
      result.push_back({knob, has->second, value, {}});
  }
  return result;
}

void note(member& x, const observation& seen) {
  add(x.past, seen);
  auto first = x.past.size() <= 1;
  auto load = load_rps(seen);
  auto share = seconds(seen.length()) / load_memory_seconds;
  x.load_rps =
    first ? load : x.load_rps + (load - x.load_rps) * std::min(share, 1.0);
  if (!x.on_trial())
    x.confirmed.insert(seen.in_force.begin(), seen.in_force.end());
}

settings note(member& x, const history_event& event) {
  const auto& what = event.what;
  settings kept;
  switch (what.kind) {
  case change_kind::initial:
    break;
  case change_kind::edit:
    apply(x.confirmed, what.moves);
    break;
  case change_kind::rollback:
    if (x.unconfirmed.erase(what.id) == 0)
      apply(x.confirmed, what.moves);
    break;
  case change_kind::tuning:
    if (event.undone) {
      x.unconfirmed.erase(what.id);
    } else if (event.judged.result == outcome::open) {
      x.unconfirmed.emplace(what.id, what);
    } else if (event.judged.result == outcome::kept) {
      x.unconfirmed.emplace(what.id, what);
      for (const auto& [id, one] : x.unconfirmed) // And what it cut short.
        apply(kept, one.moves);
      for (const auto& [knob, value] : kept)
        x.confirmed[knob] = value;
      x.unconfirmed.clear();
    }
    break;
  }
  return kept;
}

settings most_common(const std::map<std::string, member>& members) {
  std::map<settings, size_t> counts;
  for (const auto& [name, x] : members)
    if (!x.confirmed.empty())
      ++counts[x.confirmed];
  auto most = std::max_element(
    counts.begin(), counts.end(),
    [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? settings{} : most->first;
}

} // namespace tuner
