#include "actors/applier/applier.hpp"

#include "actors/applier/trial.hpp"

namespace tuner {

namespace {

using self_ptr = applier_self;
using phase = applier_state::phase;
using rollbacks = std::vector<change>;
using rollbacks_reply = caf::typed_response_promise<rollbacks>;

/// @returns why no trial may start now, or no error.
caf::error refusal(const applier_state& st, const proposal& asked) {
  switch (st.doing) {
  case phase::starting:
    return caf::make_error(ec::not_running);
  case phase::undoing:
    return caf::make_error(ec::rollback_in_progress);
  case phase::watching:
    if (asked.urgent && !asked.moves.empty())
      return {};
    [[fallthrough]];
  case phase::writing:
    return caf::make_error(ec::trial_in_progress);
  case phase::idle:
    break;
  }
  return asked.moves.empty() ? caf::make_error(ec::nothing_to_change)
                             : caf::error{};
}

caf::result<verdict> try_out(self_ptr self, const proposal& asked) {
  if (auto why = refusal(self->state, asked))
    return why;
  auto reply = self->make_response_promise<verdict>();
  if (self->state.doing == phase::watching)
    cut_trial_short(self);
  start_trial(self, asked, {{}, reply});
  return reply;
}

caf::result<change> apply(self_ptr self, const proposal& asked) {
  if (auto why = refusal(self->state, asked))
    return why;
  auto reply = self->make_response_promise<change>();
  if (self->state.doing == phase::watching)
    cut_trial_short(self);
  start_trial(self, asked, {reply, {}});
  return reply;
}

/// The values before all of `undone`, which is newest first.
settings values_before(const rollbacks& undone) {
  settings result;
  for (const auto& what : undone)
    for (const auto& move : what.moves)
      result[move.knob] = move.from;
  return result;
}

/// Undoes changes that are no longer on trial, after those `done` already.
void undo_kept(
  self_ptr self, size_t steps, rollbacks done, rollbacks_reply reply) {
  auto& st = self->state;
  auto undone = st.past->undoable(steps);
  if (undone.empty()) {
    if (!done.empty())
      return void(reply.deliver(std::move(done)));
    st.log(log_level::info, to_string(ec::nothing_to_undo));
    return void(reply.deliver(caf::make_error(ec::nothing_to_undo)));
  }
  st.doing = phase::undoing;
  auto fail = [=](const caf::error& why) mutable {
    restore(self, [=](const settings&) mutable {
      self->state.doing = phase::idle;
      reply.deliver(why);
    });
  };
  auto confirmed = [=](const settings&) mutable {
    for (const auto& what : undone) {
      auto now = self->state.context.now(self);
      done.push_back(rollback_of(what, now, "by an operator"));
      tell(self, done.back());
    }
    self->state.doing = phase::idle;
    reply.deliver(done);
  };
  auto written = [=](const settings&, const settings&) {
    self
      ->request(
        self->state.target, self->state.params.host_timeout, confirm_atom_v)
      .then(confirmed, fail);
  };
  self
    ->request(
      st.target, st.params.host_timeout, write_atom_v, values_before(undone),
      st.params.lease())
    .then(written, fail);
}

caf::result<rollbacks> roll_back(self_ptr self, uint32_t steps) {
  auto& st = self->state;
  if (st.doing != phase::idle && st.doing != phase::watching)
    return refusal(st, {});
  auto reply = self->make_response_promise<rollbacks>();
  if (steps == 0) {
    reply.deliver(rollbacks{});
    return reply;
  }
  if (st.doing == phase::idle) {
    undo_kept(self, steps, {}, reply);
    return reply;
  }
  auto how =
    verdict_of(self, outcome::rolled_back, "rolled back by an operator");
  undo_trial(self, how, "by an operator", [=](const change& undone) mutable {
    if (steps == 1)
      reply.deliver(rollbacks{undone});
    else
      undo_kept(self, steps - 1, {undone}, reply);
  });
  return reply;
}

/// A predecessor may have died in the middle of a trial.
void close_open_trial(self_ptr self) {
  auto& st = self->state;
  const auto* open = st.past->open_trial();
  if (!open)
    return;
  st.trial = open->what;
  auto how = verdict_of(
    self, outcome::inconclusive, "the tuner restarted during the trial");
  tell(
    self,
    rollback_of(st.trial, st.context.now(self), "because the tuner restarted"));
  st.past->judge(how);
  self->send(st.metrics, how);
}

void take_over(self_ptr self, const settings& now) {
  auto& st = self->state;
  close_open_trial(self);
  st.doing = phase::idle;
  st.log(log_level::info, "ready; the target runs with ", to_string(now));
  if (!st.past->take_over())
    return;
  change initial;
  initial.kind = change_kind::initial;
  initial.at = st.context.now(self);
  for (const auto& [name, value] : now)
    initial.moves.push_back({name, value, value, "initial value"});
  self->send(st.metrics, initial);
}

void start(self_ptr self) {
  auto& st = self->state;
  self->request(st.target, st.params.host_timeout, restore_atom_v)
    .then(
      [self](const settings& now) { take_over(self, now); },
      [self](const caf::error& x) { give_up(self, x); });
}

} // namespace

applier_actor::behavior_type applier(
  self_ptr self, actor_context context, applier_params params,
  target_actor target, watchdog_actor watchdog, metrics_actor metrics,
  std::shared_ptr<history> past) {
  auto& st = self->state;
  st.log = context.log(self, applier_state::name);
  st.context = std::move(context);
  st.params = params;
  st.target = std::move(target);
  st.watchdog = std::move(watchdog);
  st.metrics = std::move(metrics);
  st.past = std::move(past);
  log_exceptions(self, st.log);
  start(self);
  return {
    [self](const proposal& asked) { return try_out(self, asked); },
    [self](apply_atom, const proposal& asked) { return apply(self, asked); },
    [self](rollback_atom, uint32_t steps) { return roll_back(self, steps); },
    [self](const change& edit) { tell(self, edit); },
    [self](history_atom) {
      const auto& events = self->state.past->events();
      return std::vector<history_event>(events.begin(), events.end());
    },
    [self](read_atom) {
      return self->delegate(self->state.target, read_atom_v);
    },
    [self](waiting_atom) { return messages_waiting(self); },
  };
}

} // namespace tuner
