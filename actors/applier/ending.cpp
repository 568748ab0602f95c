#include "actors/applier/trial.hpp"

#include <utility>

namespace tuner {

namespace {

using self_ptr = applier_self;
using phase = applier_state::phase;

} // namespace

void end_trial(self_ptr self, const verdict& how) {
  auto& st = self->state;
  auto owed = std::exchange(st.owed, {});
  st.doing = phase::idle;
  st.steps_back = 0;
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

void tell(self_ptr self, const verdict& how) {
  auto& st = self->state;
  st.past->judge(how);
  self->send(st.metrics, how);
  st.log(
    log_level::info, "trial ", to_string(how.id), ' ', to_string(how.result),
    ": ", how.reason);
}

void tell(self_ptr self, const settlement& x) {
  for (const auto& what : x.changes)
    tell(self, what);
  for (const auto& how : x.verdicts)
    tell(self, how);
}

void settle(self_ptr self, settlement x) {
  self->state.past->confirm(x.confirmed);
  x.at = self->state.context.now(self);
  // Without a sender nobody is sent the answer.
  caf::anon_send(self->state.journal, std::move(x));
}

void settle(self_ptr self, settlement x, std::function<void()> done) {
  auto& st = self->state;
  st.past->confirm(x.confirmed);
  x.at = st.context.now(self);
  self->request(st.journal, st.params.host_timeout, std::move(x))
    .then(
      [=](const settings&) { done(); },
      [=](const caf::error& why) {
        self->state.log(
          log_level::error, "the journal gives no answer: ", describe(why));
        done();
      });
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

std::vector<change>
undone_with_trial(self_ptr self, const settings& now, const std::string& why) {
  auto& st = self->state;
  auto since = st.switched_back.value_or(st.context.now(self));
  st.switched_back.reset();
  std::vector<change> result{rollback_of(st.trial, since, why)};
  for (auto& move : result.front().moves) // What was read back is what counts.
    if (auto i = now.find(move.knob); i != now.end())
      move.to = i->second;
  auto before = std::exchange(st.cut_short, {});
  for (auto i = before.rbegin(); i != before.rend(); ++i)
    result.push_back(rollback_of(*i, st.context.now(self), why));
  return result;
}

void cut_trial_short(self_ptr self, std::function<void()> done) {
  auto& st = self->state;
  auto why = "cut short: another change is urgent";
  settlement x;
  x.verdicts = {verdict_of(self, outcome::inconclusive, why)};
  if (st.switched_back)
    x.changes = undone_with_trial(self, {}, why);
  else
    st.cut_short.push_back(st.trial);
  tell(self, x);
  end_trial(self, x.verdicts.front());
  st.doing = applier_state::phase::writing;
  settle(self, x, std::move(done));
}

void undo_trial(
  self_ptr self, const verdict& how, const std::string& why,
  std::function<void(const change&)> done) {
  restore(self, [=](const settings& now) {
    settlement x{undone_with_trial(self, now, why), {how}, now};
    settle(self, x, [=] {
      tell(self, x);
      end_trial(self, how);
      if (done)
        done(x.changes.front());
    });
  });
}

} // namespace tuner
