#include "app/pipeline.hpp"

#include "app/vitals.hpp"

namespace tuner {

namespace {

using self_ptr = pipeline_actor::stateful_pointer<pipeline_state>;

constexpr auto deaths_memory = std::chrono::minutes{10};
constexpr size_t deaths_tolerated = 2;
constexpr size_t pause_doublings_max = 6; // Then a minute between restarts.

void start_parts(self_ptr self) {
  auto& st = self->state;
  auto& p = st.params;
  const auto& c = st.context;
  pipeline_parts x;
  x.shower = self->spawn<caf::monitored>(metrics, c, p.series);
  x.dog = self->spawn<caf::monitored>(watchdog, c, p.watchdog);
  x.hand = self->spawn<caf::monitored>(
    applier, c, p.applier, p.target, x.dog, x.shower, p.intents, st.journal,
    p.past);
  x.brain = self->spawn<caf::monitored>(
    analyzer, c, p.analyzer, x.hand, x.shower, st.journal, p.memory);
  x.eyes = self->spawn<caf::monitored>(
    monitor, c, p.monitor, p.target, x.dog, x.brain, x.shower, st.journal);
  if (st.paused)
    self->send(x.brain, pause_atom_v);
  self->send(x.brain, st.journal_health);
  self->send(x.hand, st.journal_health);
  x.book = st.journal;
  *st.parts = x;
  st.hand = x.hand.address();
  if (p.started)
    p.started(x);
}

void start_journal(self_ptr self) {
  auto& st = self->state;
  // By address: the journal must not keep the pipeline alive.
  std::function<void(const tuning_status&)> tell =
    [to = self->address()](const tuning_status& x) {
      if (auto pipeline = caf::actor_cast<pipeline_actor>(to))
        caf::anon_send(pipeline, x);
    };
  auto& p = st.params;
  st.journal = p.journal_has_thread
    ? self->spawn<caf::monitored + caf::detached>(
      journal, st.context, p.journal, tell)
    : self->spawn<caf::monitored>(journal, st.context, p.journal, tell);
  p.journal.store.reset(); // It has it now.
}

void on_journal_health(self_ptr self, const tuning_status& x) {
  auto& st = self->state;
  st.journal_health = x;
  st.params.series->show_journal(x.state == tuning_state::enabled);
  if (!*st.parts)
    return;
  self->send((*st.parts)->brain, x);
  self->send((*st.parts)->hand, x);
}

void on_journal_death(self_ptr self, const caf::error& why) {
  on_journal_health(
    self,
    {tuning_state::degraded,
     "it died (" + describe(why) + "); start the tuner again"});
}

/// Those that feed come before those that are fed.
template <class F>
void for_each_part(const pipeline_parts& parts, F f) {
  f(parts.eyes);
  f(parts.brain);
  f(parts.hand);
  f(parts.dog);
  f(parts.shower);
}

/// Has the five actors die with the pipeline, however it dies, and the metrics
/// say that nothing is tuned any more.
void end_parts_with(self_ptr self) {
  auto& st = self->state;
  self->attach_functor(
    [parts = st.parts, series = st.params.series](const caf::error&) {
      series->show(tuning_status{tuning_state::disabled, {}});
      if (!*parts)
        return;
      for_each_part(**parts, [](const auto& x) {
        caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
      });
      parts->reset();
    });
  // Records what it was told before, and ends: nobody waits for the answer.
  self->attach_functor([journal = st.journal](const caf::error&) {
    caf::anon_send(journal, stop_atom_v);
  });
}

/// Ends the five actors, and goes on with `done` when the applier has ended:
/// from then on, nobody but the supervisor writes to the target.
void end_parts(self_ptr self, bool hand_is_dead, std::function<void()> done) {
  auto& st = self->state;
  auto parts = std::exchange(*st.parts, std::nullopt);
  if (!parts || hand_is_dead)
    done();
  else
    st.after_hand = std::move(done);
  if (!parts)
    return;
  for_each_part(*parts, [self](const auto& x) {
    if (x.address() != self->state.hand)
      self->demonitor(x.address());
    self->send_exit(x, caf::exit_reason::user_shutdown);
  });
}

const char* role_of(const pipeline_parts& parts, const caf::actor_addr& who) {
  if (parts.eyes.address() == who)
    return monitor_state::name;
  if (parts.brain.address() == who)
    return analyzer_state::name;
  if (parts.hand.address() == who)
    return applier_state::name;
  if (parts.dog.address() == who)
    return watchdog_state::name;
  return parts.shower.address() == who ? metrics_state::name : nullptr;
}

void forget_old_deaths(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  while (!st.deaths.empty() && st.deaths.front() + deaths_memory <= now)
    st.deaths.pop_front();
}

/// Puts the last kept settings back. The applier does this again, and insists,
/// when it starts.
void put_back(self_ptr self) {
  auto& p = self->state.params;
  self->request(p.target, p.applier.host_timeout, restore_atom_v)
    .then(
      [](const settings&) {},
      [self](const caf::error& x) {
        self->state.log(log_level::error, describe(x), "; trying again later");
      });
}

void restart_after(
  self_ptr self, const caf::actor_addr& who, const char* role,
  const caf::error& why) {
  auto& st = self->state;
  forget_old_deaths(self);
  auto doublings = std::min(st.deaths.size(), pause_doublings_max);
  auto pause = std::chrono::seconds{1} * (1 << doublings);
  st.deaths.push_back(st.context.now(self));
  st.last_death = std::string{role} + " died (" + describe(why) + ')';
  st.log(
    log_level::error, st.last_death,
    "; the target goes back to its last kept settings, restart in ",
    to_string(duration{pause}));
  end_parts(self, who == st.hand, [self] { put_back(self); });
  self->delayed_send(self, pause, restart_atom_v);
}

void on_down(self_ptr self, const caf::down_msg& x) {
  auto& st = self->state;
  if (st.after_hand && x.source == st.hand)
    return std::exchange(st.after_hand, nullptr)();
  if (x.source == st.journal.address())
    return on_journal_death(self, x.reason);
  if (*st.parts)
    if (const auto* role = role_of(**st.parts, x.source))
      restart_after(self, x.source, role, x.reason);
}

void restart(self_ptr self) {
  auto& st = self->state;
  if (st.stopping || *st.parts)
    return;
  // An applier that has not ended yet could still write.
  if (st.after_hand)
    return self->delayed_send(self, std::chrono::seconds{1}, restart_atom_v);
  st.log(log_level::warning, "restarting after ", st.last_death);
  start_parts(self);
}

/// @returns why the tuner can't be trusted now, or nothing.
std::optional<tuning_status> degraded_status(self_ptr self) {
  auto& st = self->state;
  forget_old_deaths(self);
  if (st.stopping)
    return tuning_status{tuning_state::degraded, "stopping"};
  if (!*st.parts)
    return tuning_status{
      tuning_state::degraded, st.last_death + ", restarting"};
  if (st.deaths.size() > deaths_tolerated)
    return tuning_status{
      tuning_state::degraded,
      st.last_death + ", " + std::to_string(st.deaths.size())
        + " deaths within ten minutes"};
  return std::nullopt;
}

caf::result<tuning_status> status(self_ptr self) {
  if (auto degraded = degraded_status(self))
    return *degraded;
  return self->delegate((*self->state.parts)->brain, status_atom_v);
}

caf::result<tuning_status> set_paused(self_ptr self, bool paused) {
  auto& st = self->state;
  st.paused = paused;
  caf::anon_send(st.journal, memo{"paused", "", paused ? "yes" : ""});
  if (*st.parts && paused)
    self->send((*st.parts)->brain, pause_atom_v);
  else if (*st.parts)
    self->send((*st.parts)->brain, resume_atom_v);
  return status(self);
}

caf::result<analysis> analyze_now(self_ptr self) {
  auto& st = self->state;
  if (!*st.parts)
    return ec::not_running;
  auto reply = self->make_response_promise<analysis>();
  auto timeout = st.params.applier.host_timeout;
  auto fail = [=](const caf::error& x) mutable { reply.deliver(x); };
  auto brain = (*st.parts)->brain;
  self->request((*st.parts)->eyes, timeout, window_atom_v)
    .then(
      [=](const observation& seen) {
        self->request(brain, timeout, analyze_atom_v, seen)
          .then([=](const analysis& x) mutable { reply.deliver(x); }, fail);
      },
      fail);
  return reply;
}

/// Lets the journal record what it was told before; then goes on.
void end_journal(self_ptr self, std::function<void()> done) {
  auto& st = self->state;
  self->demonitor(st.journal.address());
  self->request(st.journal, st.params.applier.host_timeout, stop_atom_v)
    .then(
      [=](const tuning_status&) { done(); },
      [=](const caf::error& x) {
        self->state.log(
          log_level::error, "stopped without the journal: ", describe(x));
        done();
      });
}

caf::result<settings> stop(self_ptr self) {
  self->state.stopping = true;
  auto reply = self->make_response_promise<settings>();
  auto stopped = [=](const settings& x) {
    end_journal(self, [=]() mutable {
      self->state.log(
        log_level::info, "stopped; the target keeps ", to_string(x));
      reply.deliver(x);
      self->quit();
    });
  };
  auto unanswered = [=](const caf::error& x) {
    end_journal(self, [=]() mutable {
      self->state.log(
        log_level::error,
        "stopped without an answer from the target: ", describe(x));
      reply.deliver(x);
      self->quit();
    });
  };
  end_parts(self, false, [=] {
    auto& p = self->state.params;
    self->request(p.target, p.applier.host_timeout, restore_atom_v)
      .then(stopped, unanswered);
  });
  return reply;
}

/// Sets knobs for an operator; the analyzer keeps its hands off them then.
caf::result<change> set(self_ptr self, const settings& wanted) {
  auto& st = self->state;
  if (!*st.parts)
    return ec::not_running;
  auto reply = self->make_response_promise<change>();
  auto brain = (*st.parts)->brain;
  // Writes, confirms, and is recorded.
  auto patience = 4 * st.params.applier.host_timeout;
  self->request((*st.parts)->hand, patience, set_atom_v, wanted)
    .then(
      [=](const change& x) mutable {
        self->send(brain, x);
        reply.deliver(x);
      },
      [=](const caf::error& x) mutable { reply.deliver(x); });
  return reply;
}

void show_aims(self_ptr self) {
  auto& p = self->state.params;
  p.series->show_objective(p.analyzer.policy.aim.p95_slo_ms);
  p.series->show_bounds(p.analyzer.knobs);
}

/// Has the five run by these from now on, and their successors too. The applier
/// comes first: it must be patient enough for what the watchdog does.
caf::result<tuning_status> retune(self_ptr self, const pipeline_settings& x) {
  auto& st = self->state;
  auto resume_from = std::move(st.params.applier.resume_from);
  static_cast<pipeline_settings&>(st.params) = x;
  st.params.applier.resume_from = std::move(resume_from);
  show_aims(self);
  if (*st.parts) {
    const auto& parts = **st.parts;
    self->send(parts.hand, x.applier);
    self->send(parts.dog, x.watchdog);
    self->send(parts.brain, x.analyzer);
    self->send(parts.eyes, x.monitor);
  }
  st.log(log_level::info, "runs by another config from now on");
  return status(self);
}

/// Passes a command on to one of the five, where they run.
template <class Result, class Part, class... Ts>
caf::result<Result>
pass(self_ptr self, Part pipeline_parts::*to, const Ts&... xs) {
  auto& parts = *self->state.parts;
  if (!parts)
    return ec::not_running;
  return self->delegate((*parts).*to, xs...);
}

} // namespace

pipeline_actor::behavior_type
pipeline(self_ptr self, actor_context context, pipeline_params params) {
  auto& st = self->state;
  st.log = context.log(self, pipeline_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.paused = st.params.paused;
  log_exceptions(self, st.log);
  start_journal(self);
  end_parts_with(self);
  self->set_down_handler([self](const caf::down_msg& x) { on_down(self, x); });
  start_parts(self);
  show_aims(self);
  st.params.series->show_journal(
    st.journal_health.state == tuning_state::enabled);
  show_vitals(self);
  using parts = pipeline_parts;
  return {
    [self](status_atom) { return status(self); },
    [self](pause_atom) { return set_paused(self, true); },
    [self](resume_atom) { return set_paused(self, false); },
    [self](analyze_atom) { return analyze_now(self); },
    [self](apply_atom x, const proposal& asked) {
      return pass<change>(self, &parts::hand, x, asked);
    },
    [self](degraded_atom x) { return pass<verdict>(self, &parts::dog, x); },
    [self](rollback_atom x, uint32_t steps) {
      return pass<std::vector<change>>(self, &parts::hand, x, steps);
    },
    [self](set_atom, const settings& wanted) { return set(self, wanted); },
    [self](history_atom x) {
      return pass<std::vector<history_event>>(self, &parts::hand, x);
    },
    [self](const history_query& x) {
      return self->delegate(self->state.journal, x);
    },
    [self](const series_query& x) {
      return self->delegate(self->state.journal, x);
    },
    [self](const operation& x) { caf::anon_send(self->state.journal, x); },
    [self](const tuning_status& x) { on_journal_health(self, x); },
    [self](read_atom x) { return pass<settings>(self, &parts::hand, x); },
    [self](const pipeline_settings& x) { return retune(self, x); },
    [self](stop_atom) { return stop(self); },
    [self](restart_atom) { restart(self); },
    [self](vitals_atom) { show_vitals(self); },
  };
}

} // namespace tuner
