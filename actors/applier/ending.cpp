#include "actors/applier/trial.hpp"

#include <utility>

namespace tuner {

namespace {

using self_ptr = applier_self;
using phase = applier_state::phase;

} // namespace

void tell_verdict(self_ptr self, const verdict& how) {
  auto& st = self->state;
  st.past->judge(how);
  self->send(st.metrics, how);
  st.log(
    log_level::info, "trial ", to_string(how.id), ' ', to_string(how.result),
    ": ", how.reason);
}

void end_trial(self_ptr self, const verdict& how) {
  auto& st = self->state;
  auto owed = std::exchange(st.owed, {});
  st.doing = phase::idle;
  st.steps_back = 0;
  tell_verdict(self, how);
  auto told = std::exchange(st.first, {}).value_or(how);
  if (owed.judged.pending())
    owed.judged.deliver(told);
}

/// Answers whoever waits for the trial that it did not come about.
void decline(self_ptr self, const caf::error& why) {
  auto& st = self->state;
  auto owed = std::exchange(st.owed, {});
  st.doing = phase::idle;
  if (owed.applied.pending())
    owed.applied.deliver(why);
  if (owed.judged.pending())
    owed.judged.deliver(why);
}

void tell(self_ptr self, const change& what) {
  auto& st = self->state;
  st.past->append(what);
  self->send(st.metrics, what);
  auto tuning = what.kind == change_kind::tuning;
  auto kind = std::string{
    tuning                             ? "change "
      : what.kind == change_kind::edit ? "EDIT "
                                       : "ROLLBACK "};
  auto id = what.kind == change_kind::edit ? "" : to_string(what.id);
  st.log(
    tuning ? log_level::info : log_level::warning, kind, id, ": ",
    to_string(what.moves), ": ", what.reason);
}

verdict verdict_of(self_ptr self, outcome how, std::string why) {
  auto& st = self->state;
  return {st.trial.id, how, st.context.now(self), std::move(why), {}, {}, {}};
}

void give_up(self_ptr self, const caf::error& why) {
  self->state.log(
    log_level::error, "can't put the last kept settings back: ", describe(why));
  decline(self, why);
  self->quit(why);
}

void restore(self_ptr self, std::function<void(const settings& now)> done) {
  auto& st = self->state;
  st.doing = phase::undoing;
  self->request(st.target, st.params.host_timeout, restore_atom_v)
    .then(
      [=](const settings& now) { done(now); },
      [=](const caf::error& x) { give_up(self, x); });
}

/// Tells that the trial is undone, and what was cut short before it.
/// @param now what the target runs with.
/// @returns the rollback of the trial.
change tell_undone(self_ptr self, const settings& now, const std::string& why) {
  auto& st = self->state;
  auto since = st.switched_back.value_or(st.context.now(self));
  st.switched_back.reset();
  auto rollback = rollback_of(st.trial, since, why);
  for (auto& move : rollback.moves) // What was read back is what counts.
    if (auto i = now.find(move.knob); i != now.end())
      move.to = i->second;
  tell(self, rollback);
  auto before = std::exchange(st.cut_short, {});
  for (auto i = before.rbegin(); i != before.rend(); ++i)
    tell(self, rollback_of(*i, st.context.now(self), why));
  return rollback;
}

void cut_trial_short(self_ptr self) {
  auto& st = self->state;
  auto why = "cut short: another change is urgent";
  if (st.switched_back)
    tell_undone(self, {}, why);
  else
    st.cut_short.push_back(st.trial);
  end_trial(self, verdict_of(self, outcome::inconclusive, why));
}

void undo_trial(
  self_ptr self, const verdict& how, const std::string& why,
  std::function<void(const change&)> done) {
  restore(self, [=](const settings& now) {
    auto rollback = tell_undone(self, now, why);
    end_trial(self, how);
    if (done)
      done(rollback);
  });
}

} // namespace tuner
