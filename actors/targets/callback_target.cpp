#include "actors/targets/callback_target.hpp"

#include <cmath>

namespace tuner {

namespace {

using self_ptr = target_actor::stateful_pointer<callback_target_state>;

constexpr auto restore_retry = std::chrono::seconds{1};

/// Asks the host for a figure; unknown if there is no callback or it fails.
reading
ask(callback_target_state& st, const char* what, const host::getter& f) {
  if (!f || st.params.closed->load())
    return {};
  std::string problem;
  try {
    auto value = f();
    if (std::isfinite(value)) {
      st.complained.erase(what);
      return value;
    }
    problem = "returned " + format_number(value);
  } catch (const std::exception& x) {
    problem = std::string{"threw: "} + x.what();
  } catch (...) {
    problem = "threw something that is no std::exception";
  }
  if (st.complained.insert(what).second)
    st.log(
      log_level::warning, "the callback for ", what, ' ', problem,
      "; it counts as unknown");
  return {};
}

void add_figures(callback_target_state& st, sample& x) {
  const auto& host = st.params.callbacks;
  if (host.workers() > 0)
    x.workers = host.workers();
  if (host.queue_length())
    x.queue_length = ask(st, "queue_length", host.queue_length());
  if (host.memory_used_ratio())
    x.memory_used_ratio =
      ask(st, "memory_used_ratio", host.memory_used_ratio());
  else if (st.memory_used_ratio)
    x.memory_used_ratio = st.memory_used_ratio;
  if (host.memory_mib())
    x.memory_mib = ask(st, "memory_mib", host.memory_mib());
  else if (st.memory_mib)
    x.memory_mib = st.memory_mib;
  if (st.cpu_cores)
    x.cpu_cores = st.cpu_cores;
}

/// Reads what the next sample tells of the process: its processor time, and
/// its memory where the host has no callback for it.
void read_process(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  const auto& host = st.params.callbacks;
  const auto& process = st.params.process;
  if (!host.memory_used_ratio() && process.memory_used_ratio)
    st.memory_used_ratio = process.memory_used_ratio();
  if (!host.memory_mib() && process.memory_mib)
    st.memory_mib = process.memory_mib();
  auto cpu = process.cpu_seconds ? process.cpu_seconds() : reading{};
  auto length = seconds(now - st.process_read_at);
  st.cpu_cores = {};
  if (cpu && st.cpu_seconds && length > 0)
    st.cpu_cores = (*cpu - *st.cpu_seconds) / length;
  st.cpu_seconds = cpu;
  st.process_read_at = now;
}

/// Reading these takes about 100 µs, now and then some milliseconds. It is done
/// halfway between two samples, so that no decision and no undo waits for it.
void read_process_later(self_ptr self, duration period) {
  const auto& process = self->state.params.process;
  if (process.memory_mib || process.memory_used_ratio || process.cpu_seconds)
    self->delayed_send(self, period / 2, figures_atom_v);
}

/// Tells a host that was started anew what it ran with before. Until it knows,
/// what it runs with is nobody's edit.
/// @returns whether the settings may have changed in the last sample.
bool renew_or_refresh(callback_target_state& st) {
  if (st.params.restarted && st.params.restarted()) {
    st.log(log_level::info, "the host was started anew: it is told its knobs");
    st.renewal_due = true;
  }
  if (!st.renewal_due)
    return st.knobs->refresh();
  if (auto problem = st.knobs->renew()) {
    if (std::exchange(st.renewal_problem, *problem) != *problem)
      st.log(log_level::warning, *problem, "; trying again");
    return true;
  }
  st.renewal_due = false;
  st.renewal_problem.clear();
  st.knobs->refresh();
  return true;
}

caf::result<sample> take_sample(self_ptr self) {
  auto& st = self->state;
  st.heard_at = st.context.now(self);
  read_process_later(self, st.context.now(self) - st.opened_at);
  if (renew_or_refresh(st))
    st.in_force_since = st.context.now(self);
  auto result = st.params.take();
  result.opened_at = st.opened_at;
  result.closed_at = st.context.now(self);
  st.opened_at = result.closed_at;
  if (st.params.may_have_no_data && !tells(result))
    return caf::make_error(ec::target_unreachable, "no data, see above");
  add_figures(st, result);
  result.in_force = st.knobs->in_force();
  result.edits = st.knobs->take_edits();
  result.in_force_since = st.in_force_since;
  return result;
}

caf::result<settings> restore(self_ptr self) {
  auto& st = self->state;
  ++st.lease;
  st.in_force_since = st.context.now(self);
  if (auto problem = st.knobs->restore())
    return caf::make_error(ec::target_unreachable, *problem);
  return st.knobs->in_force();
}

/// Comes back when the lease would end if no more samples were taken.
void await_end_of_lease(self_ptr self) {
  auto& st = self->state;
  auto ends = std::min(st.heard_at + st.silence, st.lease_ends);
  auto left = std::max(ends - st.context.now(self), duration{0});
  self->delayed_send(self, left, expire_atom_v, st.lease);
}

caf::result<settings, settings>
write(self_ptr self, const settings& wanted, const lease& until_confirmed) {
  auto& st = self->state;
  st.knobs->refresh();
  auto before = st.knobs->in_force();
  st.in_force_since = st.context.now(self);
  auto problem = st.knobs->write(wanted);
  ++st.lease;
  st.heard_at = st.context.now(self);
  st.silence = until_confirmed.silence;
  st.lease_ends = st.heard_at + until_confirmed.longest;
  await_end_of_lease(self);
  if (problem)
    return caf::make_error(ec::target_unreachable, *problem);
  return {before, st.knobs->in_force()};
}

void expire(self_ptr self, uint64_t lease) {
  auto& st = self->state;
  if (lease != st.lease || !st.knobs->provisional())
    return;
  auto now = st.context.now(self);
  if (now < std::min(st.heard_at + st.silence, st.lease_ends))
    return await_end_of_lease(self);
  st.log(
    log_level::warning, "nobody confirmed the last change in time",
    now < st.lease_ends ? ", and nobody takes samples" : "", "; going back");
  st.in_force_since = now;
  if (auto problem = st.knobs->restore()) {
    st.log(log_level::error, *problem, "; trying again");
    self->delayed_send(self, restore_retry, expire_atom_v, lease);
  }
}

void end(self_ptr self, const caf::error& why) {
  auto& st = self->state;
  if (auto problem = st.knobs->give_back())
    st.log(log_level::error, "can't be left as it was found: ", *problem);
  else
    st.log(
      log_level::info,
      "is left as it was found: ", to_string(st.knobs->in_force()));
  self->quit(why);
}

} // namespace

target_actor::behavior_type callback_target(
  self_ptr self, actor_context context, callback_target_params params) {
  auto& st = self->state;
  st.log = context.log(self, callback_target_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.knobs.emplace(
    st.params.callbacks, st.params.knobs, st.params.closed, st.log);
  st.opened_at = st.in_force_since = st.context.now(self);
  log_exceptions(self, st.log);
  if (st.params.restore_on_exit)
    self->set_exit_handler(
      [self](const caf::exit_msg& x) { end(self, x.reason); });
  read_process(self);
  if (st.params.may_have_no_data)
    st.params.take(); // Counters need two looks.
  for (const auto& spec : st.params.knobs.knobs)
    if (st.knobs->in_force().count(spec.name) == 0)
      st.log(log_level::info, spec.name, " has no callback and is left alone");
  return {
    [self](sample_atom) { return take_sample(self); },
    [self](read_atom) {
      if (self->state.knobs->refresh())
        self->state.in_force_since = self->state.context.now(self);
      return self->state.knobs->in_force();
    },
    [self](write_atom, const settings& wanted, const lease& until_confirmed) {
      return write(self, wanted, until_confirmed);
    },
    [self](confirm_atom) {
      ++self->state.lease;
      self->state.knobs->confirm();
      return self->state.knobs->in_force();
    },
    [self](restore_atom) { return restore(self); },
    [self](figures_atom) { read_process(self); },
    [self](expire_atom, uint64_t lease) { expire(self, lease); },
  };
}

} // namespace tuner
