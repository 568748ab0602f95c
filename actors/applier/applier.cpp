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
  if (!st.journal_off.empty() && !asked.moves.empty())
    return caf::make_error(
      ec::journal_off,
      std::string{to_string(ec::journal_off)} + ": " + st.journal_off);
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

void begin(
  self_ptr self, const proposal& asked, const applier_state::replies& owed) {
  if (self->state.doing == phase::watching)
    cut_trial_short(self, [=] { start_trial(self, asked, owed); });
  else
    start_trial(self, asked, owed);
}

caf::result<verdict> try_out(self_ptr self, const proposal& asked) {
  if (auto why = refusal(self->state, asked))
    return why;
  auto reply = self->make_response_promise<verdict>();
  begin(self, asked, {{}, reply});
  return reply;
}

caf::result<change> apply(self_ptr self, const proposal& asked) {
  if (auto why = refusal(self->state, asked))
    return why;
  auto reply = self->make_response_promise<change>();
  begin(self, asked, {reply, {}});
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

/// Puts what was confirmed back and answers that it did not work out.
template <class Reply>
std::function<void(const caf::error&)> failing(self_ptr self, Reply reply) {
  return [=](const caf::error& why) {
    restore(self, [=](const settings&) mutable {
      self->state.doing = phase::idle;
      reply.deliver(why);
    });
  };
}

/// Writes settings for good, and goes on with what was and what is in force.
void write_for_good(
  self_ptr self, const settings& wanted,
  std::function<void(const settings& before, const settings& now)> done,
  std::function<void(const caf::error&)> fail) {
  auto& st = self->state;
  auto timeout = st.params.host_timeout;
  self->request(st.target, timeout, write_atom_v, wanted, st.params.lease_for())
    .then(
      [=](const settings& before, const settings&) {
        self->request(self->state.target, timeout, confirm_atom_v)
          .then([=](const settings& now) { done(before, now); }, fail);
      },
      fail);
}

/// Undoes changes that are no longer on trial, after those `done` already.
void undo_kept(
  self_ptr self, size_t steps, rollbacks done, rollbacks_reply reply,
  const std::string& why = "by an operator") {
  auto& st = self->state;
  auto undone = st.past->undoable(steps);
  if (undone.empty()) {
    if (!done.empty())
      return void(reply.deliver(std::move(done)));
    st.log(log_level::info, to_string(ec::nothing_to_undo));
    return void(reply.deliver(caf::make_error(ec::nothing_to_undo)));
  }
  st.doing = phase::undoing;
  auto confirmed = [=](const settings&, const settings& now) {
    settlement x{{}, {}, now};
    for (const auto& what : undone)
      x.changes.push_back(
        rollback_of(what, self->state.context.now(self), why));
    settle(self, x, [=]() mutable {
      tell(self, x);
      done.insert(done.end(), x.changes.begin(), x.changes.end());
      self->state.doing = phase::idle;
      reply.deliver(done);
    });
  };
  write_for_good(self, values_before(undone), confirmed, failing(self, reply));
}

/// An operator's settings are nobody's trial.
caf::result<change> set(self_ptr self, const settings& wanted) {
  auto& st = self->state;
  if (st.doing != phase::idle)
    return refusal(st, {});
  auto reply = self->make_response_promise<change>();
  st.doing = phase::writing;
  auto fail = failing(self, reply);
  auto confirmed = [=](const settings& before, const settings& now) {
    change edit;
    edit.kind = change_kind::edit;
    edit.at = self->state.context.now(self);
    edit.reason = "set by an operator";
    for (const auto& [knob, value] : now)
      if (auto was = before.find(knob);
          wanted.count(knob) > 0 && was != before.end() && was->second != value)
        edit.moves.push_back({knob, was->second, value, edit.reason});
    if (edit.moves.empty())
      return fail(caf::make_error(ec::nothing_to_change));
    settlement x{{edit}, {}, now};
    settle(self, x, [=]() mutable {
      tell(self, x);
      self->state.doing = phase::idle;
      reply.deliver(edit);
    });
  };
  write_for_good(self, wanted, confirmed, fail);
  return reply;
}

/// Someone else did this to the target.
void note_edit(self_ptr self, const change& edit) {
  settlement x{{edit}, {}, self->state.past->confirmed()};
  for (const auto& move : edit.moves)
    x.confirmed[move.knob] = move.to;
  settle(self, x);
  tell(self, x);
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

caf::result<rollbacks>
undo(self_ptr self, change_id which, const std::string& why) {
  auto& st = self->state;
  if (st.doing != phase::idle)
    return refusal(st, {});
  auto last = st.past->undoable(1);
  if (last.empty() || last.front().id != which)
    return caf::make_error(ec::nothing_to_undo);
  auto reply = self->make_response_promise<rollbacks>();
  undo_kept(self, 1, {}, reply, why);
  return reply;
}

/// A predecessor may have died in the middle of a trial: what it left
/// unconfirmed is undone by now.
settlement left_open(self_ptr self) {
  auto& st = self->state;
  settlement result;
  for (const auto& what : st.past->unconfirmed()) {
    result.changes.push_back(rollback_of(
      what.what, st.context.now(self), "because the tuner restarted"));
    if (what.judged.result == outcome::open) {
      st.trial = what.what;
      result.verdicts.push_back(verdict_of(
        self, outcome::inconclusive, "the tuner restarted during the trial"));
    }
  }
  return result;
}

void take_over(self_ptr self, const settings& now) {
  auto& st = self->state;
  auto x = left_open(self);
  x.confirmed = now;
  // Recorded before anything is tried: a start that finds nothing confirmed
  // takes what is in force for it.
  settle(self, x, [self] { self->state.doing = phase::idle; });
  tell(self, x);
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

/// Unconfirmed values that are in force all the same: the target has confirmed
/// them, and the answer was lost.
/// @returns what was there before.
settings confirmed_by_mistake(const history& past, const settings& now) {
  settings result;
  for (const auto& what : past.unconfirmed())
    for (const auto& move : what.what.moves)
      if (auto i = now.find(move.knob);
          i != now.end() && (i->second == move.to || result.count(move.knob)))
        result[move.knob] = move.from;
  return result;
}

void start(self_ptr self) {
  auto& st = self->state;
  auto fail = [self](const caf::error& x) { give_up(self, x); };
  auto done = [self](const settings&, const settings& now) {
    take_over(self, now);
  };
  if (!st.past->taken_over() && !st.params.resume_from.empty()) {
    st.log(
      log_level::info, "goes on with what was confirmed last: ",
      to_string(st.params.resume_from));
    return write_for_good(self, st.params.resume_from, done, fail);
  }
  self->request(st.target, st.params.host_timeout, restore_atom_v)
    .then(
      [=](const settings& now) {
        auto wanted = confirmed_by_mistake(*self->state.past, now);
        if (wanted.empty())
          take_over(self, now);
        else
          write_for_good(self, wanted, done, fail);
      },
      fail);
}

} // namespace

applier_actor::behavior_type applier(
  self_ptr self, actor_context context, applier_params params,
  target_actor target, watchdog_actor watchdog, metrics_actor metrics,
  std::shared_ptr<intent_slot> intents, journal_actor journal,
  std::shared_ptr<history> past) {
  auto& st = self->state;
  st.log = context.log(self, applier_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.target = std::move(target);
  st.watchdog = std::move(watchdog);
  st.metrics = std::move(metrics);
  st.intents = std::move(intents);
  st.journal = std::move(journal);
  st.past = std::move(past);
  log_exceptions(self, st.log);
  start(self);
  return {
    [self](const proposal& asked) { return try_out(self, asked); },
    [self](apply_atom, const proposal& asked) { return apply(self, asked); },
    [self](rollback_atom, uint32_t steps) { return roll_back(self, steps); },
    [self](undo_atom, change_id which, const std::string& why) {
      return undo(self, which, why);
    },
    [self](set_atom, const settings& wanted) { return set(self, wanted); },
    [self](const change& edit) { note_edit(self, edit); },
    [self](const tuning_status& journal_health) {
      self->state.journal_off = journal_health.state == tuning_state::enabled
        ? ""
        : journal_health.reason;
    },
    [self](history_atom) {
      const auto& events = self->state.past->events();
      return std::vector<history_event>(events.begin(), events.end());
    },
    [self](read_atom) {
      return self->delegate(self->state.target, read_atom_v);
    },
    [self](waiting_atom) { return messages_waiting(self); },
    [self](const applier_params& x) {
      // A trial goes on by what it began with: its leases depend on it.
      self->state.next = x;
      if (self->state.doing == phase::idle)
        take_up_next(self->state);
    },
  };
}

} // namespace tuner
