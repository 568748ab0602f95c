#include "actors/fleet/band.hpp"
#include "actors/fleet/waves.hpp"

#include <tuple>
#include <utility>

namespace tuner {

void band::begin_rollout() {
  rollout_ = rollout{};
  std::tie(rollout_->what, rollout_->values) = *std::exchange(next_, {});
  rollout_->seen = {canary_};
  for (auto& [name, x] : members_) {
    x.answered.clear();
    x.stands_apart = false;
  }
  say(
    order::kind::tell,
    named(canary_, rollout_->what)
      + " is rolled out: " + to_string(rollout_->values));
}

/// Begins the next wave when every verdict of the last one is in.
void band::roll_out(instant now) {
  auto& r = *rollout_;
  std::erase_if(r.waiting, [&](const auto& name) { // They catch up later.
    return members_.count(name) == 0
      || members_.at(name).report.status.state == tuning_state::degraded;
  });
  if (!r.waiting.empty())
    return;
  if (stops_rollout(r.judged, r.rolled_back))
    return stop();
  r.judged = r.rolled_back = 0;
  auto size = wave_size(members_.size(), ++r.number);
  auto why =
    "rolled out to group " + name_ + " after " + named(canary_, r.what);
  for (auto& [name, x] : members_) {
    if (r.waiting.size() >= size)
      break;
    if (r.seen.count(name) > 0 || !x.free(now) || x.missing(r.values).empty())
      continue;
    r.seen.insert(name);
    r.waiting.insert(name);
    ask(name, r.values, why);
  }
  if (r.waiting.empty())
    return finish();
  say(
    order::kind::tell,
    "wave " + std::to_string(r.number) + " of " + named(canary_, r.what) + ": "
      + listed({r.waiting.begin(), r.waiting.end()}));
}

std::vector<std::string> band::standing_apart() const {
  std::vector<std::string> result;
  for (const auto& [name, x] : members_)
    if (x.stands_apart)
      result.push_back(name);
  return result;
}

void band::finish() {
  auto done = *std::exchange(rollout_, std::nullopt);
  for (const auto& [knob, value] : done.values)
    confirmed_[knob] = value;
  last_change_ = named(canary_, done.what);
  auto apart = standing_apart();
  say(
    order::kind::tell,
    last_change_ + " is confirmed"
      + (apart.empty() ? "" : ", without " + listed(apart)));
  if (next_)
    begin_rollout();
}

void band::stop() {
  auto failed = *std::exchange(rollout_, std::nullopt);
  next_.reset();
  auto why = std::to_string(failed.rolled_back) + " of "
    + std::to_string(failed.judged) + " members rolled "
    + named(canary_, failed.what) + " back";
  going_back_ = "since in group " + name_ + ' ' + why;
  failed.got[canary_] = failed.what.id;
  for (auto& [name, x] : members_) {
    x.answered.clear();
    x.stands_apart = false;
    x.not_before = {};
    auto got = failed.got.find(name);
    if (got == failed.got.end())
      continue;
    x.asked = true;
    out_.push_back({order::kind::undo, name, going_back_, {}, got->second});
  }
  blame_elsewhere({}, failed.what);
  say(order::kind::warn, "nobody has it: " + why);
}

} // namespace tuner
