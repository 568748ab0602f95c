#include "actors/fleet/band.hpp"

#include "actors/fleet/canary.hpp"
#include "actors/fleet/waves.hpp"

#include <algorithm>
#include <utility>

namespace tuner {

namespace {

/// Until the first members of a group are there, and have said what they run
/// with.
constexpr auto gathering = std::chrono::seconds{15};
constexpr auto again_after_refusal = std::chrono::seconds{10};
constexpr auto again_after_doubt = std::chrono::minutes{5};

} // namespace

std::string named(const std::string& member, const change& what) {
  return to_string(what.id) + " of " + member;
}

void band::happened(const history_event& x) {
  auto i = members_.find(x.target);
  if (i == members_.end())
    return;
  auto& where = i->second;
  auto was_open = where.unconfirmed.count(x.what.id) > 0;
  auto kept = note(where, x);
  if (x.target != canary_ || where.asked)
    return;
  if (x.judged.result == outcome::rolled_back && x.undone)
    blame_elsewhere(canary_, x.what);
  std::erase_if(kept, [&](const auto& one) {
    auto ours = confirmed_.find(one.first);
    return ours == confirmed_.end() || ours->second == one.second;
  });
  if (!was_open || kept.empty())
    return;
  next_.emplace(x.what, kept);
  if (!rollout_)
    begin_rollout();
}

void band::answered(const std::string& who, const verdict& how, instant now) {
  auto i = members_.find(who);
  if (i == members_.end())
    return;
  auto& x = i->second;
  x.asked = false;
  x.refused.clear();
  auto in_wave = rollout_ && rollout_->waiting.erase(who) > 0;
  if (in_wave)
    ++rollout_->judged;
  if (in_wave && how.result == outcome::kept)
    rollout_->got[who] = how.id;
  if (how.result == outcome::inconclusive) {
    x.not_before = now + again_after_doubt;
    return;
  }
  for (const auto& move : x.missing(x.asked_for)) // Rolled back, or not taken.
    x.answered[move.knob] = move.to;
  if (how.result != outcome::rolled_back)
    return;
  x.stands_apart = true;
  if (in_wave)
    ++rollout_->rolled_back;
  say(
    order::kind::warn,
    who + " stands apart, it keeps its old settings: " + how.reason);
}

void band::done(const std::string& who) {
  if (auto i = members_.find(who); i != members_.end())
    i->second.asked = false;
}

void band::refused(
  const std::string& who, const std::string& why, instant now) {
  auto i = members_.find(who);
  if (i == members_.end())
    return;
  auto& x = i->second;
  x.asked = false;
  x.not_before = now + again_after_refusal;
  if (rollout_)
    rollout_->waiting.erase(who);
  if (std::exchange(x.refused, why) != why)
    say(order::kind::tell, who + " waits: " + why);
}

/// Waits for the first members, and takes what most of them have.
void band::settle(instant now) {
  if (!confirmed_.empty() || members_.empty())
    return;
  first_seen_ = first_seen_.value_or(now);
  if (now < *first_seen_ + gathering)
    return;
  confirmed_ = most_common(members_);
  if (!confirmed_.empty())
    say(
      order::kind::tell,
      std::to_string(members_.size()) + " members, most run with "
        + to_string(confirmed_));
}

/// @returns whether a member may be the canary.
bool band::may_try(const member& x) const {
  auto state = x.report.status.state;
  return (state == tuning_state::enabled || state == tuning_state::advise)
    && !x.asked && !x.on_trial() && !x.stands_apart && !x.past.empty()
    && x.missing(confirmed_).empty();
}

void band::choose() {
  auto free_hand = [this](const auto& one) {
    return may_try(one.second) && one.second.report.standing_down.empty();
  };
  auto some_have = std::any_of(members_.begin(), members_.end(), free_hand);
  std::vector<contender> all;
  for (const auto& one : members_) {
    const auto& [name, x] = one;
    auto state = x.report.status.state;
    if (state == tuning_state::degraded)
      continue;
    // Whoever has begun, ends.
    auto busy = name == canary_ && x.on_trial() && !x.asked;
    auto fit = busy || (some_have ? free_hand(one) : may_try(x));
    all.push_back(
      {name, x.load_rps, fit, busy || state == tuning_state::advise});
  }
  auto next = choose_canary(all, canary_);
  if (std::exchange(canary_, next) == next)
    return;
  say(
    order::kind::tell,
    next.empty() ? "no canary: no member can be tuned now"
                 : "canary is " + next);
}

void band::blame_elsewhere(const std::string& who, const change& what) {
  proposal harmful;
  harmful.moves = what.moves;
  harmful.evidence = what.evidence;
  for (const auto& [name, x] : members_)
    if (name != who)
      out_.push_back({order::kind::blame, name, {}, harmful, {}});
}

void band::ask(
  const std::string& who, const settings& wanted, const std::string& why) {
  auto& x = members_.at(who);
  order result{order::kind::adopt, who, {}, {}, {}};
  result.wanted.moves = x.missing(wanted);
  result.wanted.reason = why;
  x.asked_for = wanted;
  x.asked = true;
  out_.push_back(std::move(result));
}

/// Brings those who are not at the group's settings there: a few at a time,
/// unless all must go back.
void band::catch_up(instant now) {
  auto busy = static_cast<size_t>(
    std::count_if(members_.begin(), members_.end(), [](const auto& one) {
      return one.second.asked;
    }));
  auto most =
    going_back_.empty() ? wave_size(members_.size(), 1) : members_.size();
  auto why = !going_back_.empty()
    ? "goes back " + going_back_
    : "brought to what group " + name_ + " has confirmed"
      + (last_change_.empty() ? "" : ", last " + last_change_);
  auto left = false;
  for (auto& [name, x] : members_) {
    if (busy < most && x.free(now) && !x.missing(confirmed_).empty()) {
      ask(name, confirmed_, why);
      ++busy;
    }
    left |= x.asked;
  }
  if (!left)
    going_back_.clear();
}

void band::tell_who_leads() {
  for (auto& [name, x] : members_) {
    std::string why;
    if (canary_.empty())
      why = "follows group " + name_ + ": it has no canary yet";
    else if (name != canary_)
      why = "follows group " + name_ + ": canary is " + canary_;
    else if (rollout_)
      why = "waits until " + to_string(rollout_->what.id)
        + " is rolled out to group " + name_;
    else if (!going_back_.empty())
      why = "waits until all have gone back, " + going_back_;
    if (std::exchange(x.follows, why) != why)
      out_.push_back({order::kind::follow, name, why, {}, {}});
  }
}

orders band::look(instant now) {
  settle(now);
  if (rollout_)
    roll_out(now);
  if (!rollout_ && !confirmed_.empty()) {
    if (going_back_.empty())
      choose();
    catch_up(now);
  }
  tell_who_leads();
  return std::exchange(out_, {});
}

} // namespace tuner
