#include "actors/monitor/monitor.hpp"

namespace tuner {

namespace {

using self_ptr = monitor_actor::stateful_pointer<monitor_state>;

observation seen_until_now(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  if (st.changing) // The window before it says nothing about what runs now.
    return st.samples->window(now, now);
  // What was seen ends with the newest sample, which was under way for a while
  // if it came from far. If that is old, nothing was seen.
  auto until = st.samples->closed_at();
  if (now - until > 2 * st.params.sample_period)
    until = now;
  return st.samples->window(until - st.params.window, until);
}

void observe_if_due(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  if (now < st.next_observation)
    return;
  st.next_observation += st.params.interval;
  if (st.next_observation <= now) // Fell behind: don't catch up in a burst.
    st.next_observation = now + st.params.interval;
  auto seen = seen_until_now(self);
  if (st.log.enabled(log_level::debug))
    st.log(log_level::debug, "window closed: ", summary(seen));
  self->send(st.metrics, seen);
  self->send(st.analyzer, seen);
}

void note_answer(monitor_state& st) {
  st.asking = false;
  if (std::exchange(st.silent, false))
    st.log(log_level::info, "the target answers again");
}

void note_silence(monitor_state& st, const caf::error& why) {
  st.asking = false;
  if (!std::exchange(st.silent, true))
    st.log(log_level::warning, "no sample from the target: ", describe(why));
}

/// Sends a message without copying what is in it.
template <class Handle>
void share(self_ptr self, const Handle& with, const caf::message& x) {
  caf::actor_cast<caf::strong_actor_ptr>(with)->enqueue(
    caf::actor_cast<caf::strong_actor_ptr>(self), caf::make_message_id(), x,
    self->context());
}

void wait_for_next_sample(self_ptr self) {
  auto& st = self->state;
  auto wait = st.params.until_next_sample(st.context.now(self));
  self->delayed_send(self, wait, sample_atom_v);
}

void take_sample(self_ptr self) {
  auto& st = self->state;
  wait_for_next_sample(self);
  if (st.asking) // A slow target is asked once, not piled up on.
    return observe_if_due(self);
  st.asking = true;
  self->request(st.target, st.params.host_timeout, sample_atom_v)
    .then(
      [self](const sample& x) {
        note_answer(self->state);
        self->state.samples->push(x);
        self->state.changing = x.in_force_since > x.opened_at;
        auto news = caf::make_message(x);
        // Who is sent to last runs first, and decisions should not wait.
        share(self, self->state.journal, news);
        share(self, self->state.watchdog, news);
        observe_if_due(self);
        share(self, self->state.analyzer, news);
      },
      [self](const caf::error& x) {
        note_silence(self->state, x);
        observe_if_due(self);
      });
}

void retune(self_ptr self, const monitor_params& x) {
  auto& st = self->state;
  auto now = st.context.now(self);
  auto other_interval = x.interval != st.params.interval;
  auto phase = st.params.phase;
  st.params = x;
  st.params.phase = phase;
  if (other_interval)
    st.next_observation = st.params.first_after(now);
  st.samples->keep(x.window + x.sample_period);
}

} // namespace

monitor_actor::behavior_type monitor(
  self_ptr self, actor_context context, monitor_params params,
  target_actor target, watchdog_actor watchdog, analyzer_actor analyzer,
  metrics_actor metrics, journal_actor journal) {
  auto& st = self->state;
  st.log = context.log(self, monitor_state::name);
  st.context = std::move(context);
  st.params = params;
  st.target = std::move(target);
  st.watchdog = std::move(watchdog);
  st.analyzer = std::move(analyzer);
  st.metrics = std::move(metrics);
  st.journal = std::move(journal);
  st.samples.emplace(params.window + params.sample_period);
  st.next_observation = params.first_after(st.context.now(self));
  log_exceptions(self, st.log);
  wait_for_next_sample(self);
  return {
    [self](sample_atom) { take_sample(self); },
    [self](window_atom) { return seen_until_now(self); },
    [self](waiting_atom) { return messages_waiting(self); },
    [self](const monitor_params& x) { retune(self, x); },
  };
}

} // namespace tuner
