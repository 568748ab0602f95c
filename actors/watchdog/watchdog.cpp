#include "actors/watchdog/watchdog.hpp"

namespace tuner {

namespace {

using self_ptr = watchdog_actor::stateful_pointer<watchdog_state>;

/// Judges by other parameters from now on, if there are any and no trial is
/// open: what a trial is judged by does not change under way.
void take_up_next(watchdog_state& st) {
  if (!st.next || (st.last && st.last->open))
    return;
  auto same_judge = st.next->judge.name == st.params.judge.name;
  st.params = *std::exchange(st.next, std::nullopt);
  if (same_judge)
    st.judged_by->retune(st.params.judge);
  else
    st.judged_by = std::make_unique<peer_judge>(st.params.judge);
  st.samples->keep(st.params.longest_trial() + st.params.check_delay);
}

caf::typed_response_promise<verdict>
open_trial(self_ptr self, const change& what) {
  auto& st = self->state;
  if (st.last && st.last->open) { // One at a time, to be attributable.
    st.judged_by->end(outcome::open);
    if (st.last->reply)
      st.last->reply->deliver(caf::make_error(ec::superseded));
    st.last->open = false;
    take_up_next(st);
  }
  auto reply = self->make_response_promise<verdict>();
  auto before = what.step_back && st.last
    ? st.last->before
    : st.samples->window(what.at - st.params.check_delay, what.at);
  st.last = watchdog_state::trial{what, before, 0, st.params.extensions_max,
                                  true, reply};
  st.judged_by->begin(what);
  auto first_check = what.settle + st.params.check_delay;
  st.log(
    log_level::debug, to_string(what.id), " is checked in ",
    to_string(first_check), "; before: ", summary(before));
  self->delayed_send(self, first_check, check_atom_v, what.id);
  return reply;
}

/// @returns what happened since the last change showed what it is worth.
observation window_after(const watchdog_state& st, instant now) {
  const auto& what = st.last->what;
  return st.samples->window(what.at + what.settle, now);
}

/// @returns what the judge makes of the time since the change.
std::optional<verdict> consider_now(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  auto after = window_after(st, now);
  return st.judged_by->consider({st.last->what, st.last->before, after, now});
}

verdict out_of_patience(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  verdict result{st.last->what.id, outcome::inconclusive, now, {},
                 st.last->before,  window_after(st, now)};
  result.reason = "only " + std::to_string(result.after.completed)
    + " requests completed in " + to_string(duration{now - st.last->what.at})
    + " after the change";
  return result;
}

/// Answers the applier: with the end of the trial, or with what the judge needs
/// next.
void answer(self_ptr self, verdict how) {
  auto& st = self->state;
  how.at = st.context.now(self);
  auto reply = *std::exchange(st.last->reply, std::nullopt);
  if (how.result == outcome::doubted) // A switchback takes its time.
    st.last->extensions_max = st.params.extensions_max + 1;
  if (ends_trial(how.result)) {
    st.last->open = false;
    st.judged_by->end(how.result);
    take_up_next(st);
  }
  reply.deliver(how);
}

/// Looks at the trial under way.
void look(self_ptr self, bool scheduled) {
  auto& st = self->state;
  auto& trial = *st.last;
  auto now = st.context.now(self);
  auto last = scheduled && trial.extensions >= trial.extensions_max;
  auto after = window_after(st, now);
  auto result =
    st.judged_by->look({trial.what, trial.before, after, now, scheduled, last});
  if (!result && last)
    result = out_of_patience(self);
  auto ends = result && ends_trial(result->result);
  if (result)
    answer(self, std::move(*result));
  if (!scheduled || ends)
    return;
  ++trial.extensions;
  st.log(
    log_level::info, to_string(trial.what.id),
    ": thin evidence yet, checked again in ", to_string(st.params.check_delay));
  self->delayed_send(self, st.params.check_delay, check_atom_v, trial.what.id);
}

void check(self_ptr self, change_id id) {
  auto& st = self->state;
  if (!st.last || !st.last->open || st.last->what.id != id)
    return;
  if (st.last->reply)
    look(self, true);
  else // Settings are being moved.
    self->delayed_send(self, std::chrono::seconds{1}, check_atom_v, id);
}

void watch(self_ptr self, const sample& x) {
  auto& st = self->state;
  st.samples->push(x);
  st.judged_by->watch(x);
  if (st.last && st.last->reply)
    look(self, false);
}

/// What the judge asked for took effect: the trial goes on.
caf::result<verdict> go_on(self_ptr self, change_id id) {
  auto& st = self->state;
  if (!st.last || !st.last->open || st.last->what.id != id || st.last->reply)
    return caf::make_error(ec::superseded);
  st.last->reply = self->make_response_promise<verdict>();
  st.judged_by->moved(st.context.now(self));
  return *st.last->reply;
}

verdict degraded(self_ptr self) {
  auto& st = self->state;
  verdict open;
  open.reason =
    st.last ? "too few requests since the last change" : "no change to judge";
  return st.last ? consider_now(self).value_or(open) : open;
}

} // namespace

watchdog_actor::behavior_type
watchdog(self_ptr self, actor_context context, watchdog_params params) {
  auto& st = self->state;
  st.log = context.log(self, watchdog_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.judged_by = std::make_unique<peer_judge>(st.params.judge);
  st.samples.emplace(st.params.longest_trial() + st.params.check_delay);
  log_exceptions(self, st.log);
  return {
    [self](const sample& x) { watch(self, x); },
    [self](const change& what) { return open_trial(self, what); },
    [self](degraded_atom) { return degraded(self); },
    [self](const peer_comparison& x) { self->state.judged_by->compare(x); },
    [self](check_atom, change_id id) { check(self, id); },
    [self](moved_atom, change_id id) { return go_on(self, id); },
    [self](waiting_atom) { return messages_waiting(self); },
    [self](const watchdog_params& x) {
      self->state.next = x;
      take_up_next(self->state);
    },
  };
}

} // namespace tuner
