#include "actors/watchdog/watchdog.hpp"

namespace tuner {

namespace {

using self_ptr = watchdog_actor::stateful_pointer<watchdog_state>;

caf::typed_response_promise<verdict>
open_trial(self_ptr self, const change& what) {
  auto& st = self->state;
  if (st.last && st.last->reply) // One change at a time, to be attributable.
    st.last->reply->deliver(caf::make_error(ec::superseded));
  auto reply = self->make_response_promise<verdict>();
  auto before = st.samples->window(what.at - st.params.check_delay, what.at);
  st.last = watchdog_state::trial{what, before, 0, reply};
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
  const auto& [what, before, extensions, reply] = *st.last;
  auto now = st.context.now(self);
  auto result = st.judged_by->consider(what, before, window_after(st, now));
  if (result)
    result->at = now;
  return result;
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

void check(self_ptr self, change_id id) {
  auto& st = self->state;
  if (!st.last || !st.last->reply || st.last->what.id != id)
    return;
  auto result = consider_now(self);
  if (!result && st.last->extensions < st.params.extensions_max) {
    ++st.last->extensions;
    st.log(
      log_level::info, to_string(id),
      ": too few requests yet, checked again in ",
      to_string(st.params.check_delay));
    self->delayed_send(self, st.params.check_delay, check_atom_v, id);
    return;
  }
  if (!result)
    result = out_of_patience(self);
  st.last->reply->deliver(*result);
  st.last->reply.reset();
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
  st.judged_by = make_judge(st.params.judge);
  st.samples.emplace(st.params.longest_trial() + st.params.check_delay);
  log_exceptions(self, st.log);
  return {
    [self](const sample& x) { self->state.samples->push(x); },
    [self](const change& what) { return open_trial(self, what); },
    [self](degraded_atom) { return degraded(self); },
    [self](check_atom, change_id id) { check(self, id); },
  };
}

} // namespace tuner
