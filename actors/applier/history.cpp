#include "actors/applier/history.hpp"

#include <algorithm>
#include <utility>

namespace tuner {

namespace {

bool undoable_event(const history_event& x) {
  return !x.undone && x.what.kind == change_kind::tuning;
}

} // namespace

history::history(std::string target, size_t size_max)
  : target_(std::move(target)), size_max_(std::max<size_t>(size_max, 1)) {}

void history::restore(
  const std::vector<history_event>& events, uint64_t last_id) {
  events_.assign(events.begin(), events.end());
  while (events_.size() > size_max_)
    events_.pop_front();
  last_id_ = last_id;
}

bool history::take_over() {
  return !std::exchange(taken_over_, true);
}

change_id history::next_id() {
  return change_id{++last_id_};
}

void history::append(const change& what) {
  if (what.kind == change_kind::rollback)
    if (auto* undone = find(what.id))
      undone->undone = true;
  auto event = history_event{target_, what, {}, false};
  event.judged.id = what.id;
  events_.push_back(std::move(event));
  if (events_.size() > size_max_)
    events_.pop_front();
}

void history::judge(const verdict& how) {
  if (auto* judged = find(how.id))
    judged->judged = how;
}

const history_event* history::last_undoable() const {
  auto i = std::find_if(events_.rbegin(), events_.rend(), undoable_event);
  return i == events_.rend() ? nullptr : &*i;
}

std::vector<change> history::undoable(size_t steps) const {
  std::vector<change> result;
  for (auto i = events_.rbegin(); i != events_.rend(); ++i)
    if (result.size() < steps && undoable_event(*i))
      result.push_back(i->what);
  return result;
}

std::vector<history_event> history::unconfirmed() const {
  std::vector<history_event> result;
  for (auto i = events_.rbegin(); i != events_.rend(); ++i) {
    if (!undoable_event(*i))
      continue;
    // What was cut short is inconclusive and, unlike the rest of such, in
    // force.
    if (i->judged.result == outcome::kept)
      break;
    result.push_back(*i);
  }
  return result;
}

history_event* history::find(change_id id) {
  auto i = std::find_if(events_.rbegin(), events_.rend(), [&](const auto& x) {
    return x.what.id == id && x.what.kind == change_kind::tuning;
  });
  return i == events_.rend() ? nullptr : &*i;
}

change rollback_of(const change& what, instant now, const std::string& why) {
  change result;
  result.id = what.id;
  result.kind = change_kind::rollback;
  result.at = now;
  result.evidence = what.evidence;
  result.reason = "Rollback " + why + " after tuning at " + to_string(what.at);
  for (const auto& move : what.moves)
    result.moves.push_back({move.knob, move.to, move.from, result.reason});
  return result;
}

} // namespace tuner
