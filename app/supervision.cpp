#include "app/supervision.hpp"

namespace tuner {

namespace {

using self_ptr = pipeline_self;

constexpr auto deaths_memory = std::chrono::minutes{10};
constexpr size_t deaths_tolerated = 2;
constexpr size_t pause_doublings_max = 6; // Then a minute between restarts.

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

} // namespace

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
  if (st.follows)
    self->send(x.brain, follow_atom_v, *st.follows);
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
  if (st.stopping || *st.parts || !st.away.empty())
    return;
  // An applier that has not ended yet could still write.
  if (st.after_hand)
    return self->delayed_send(self, std::chrono::seconds{1}, restart_atom_v);
  st.log(log_level::warning, "restarting after ", st.last_death);
  start_parts(self);
}

void park(self_ptr self, const std::string& why) {
  auto& st = self->state;
  if (st.stopping)
    return;
  st.away = why;
  st.log(log_level::warning, "PARKED: ", why, "; waits until it is back");
  end_parts(self, false, [] {});
}

void unpark(self_ptr self, bool fresh) {
  auto& st = self->state;
  if (st.stopping)
    return;
  st.away.clear();
  st.last_death = "the target was away";
  if (fresh) {
    auto& p = st.params;
    p.applier.resume_from = p.past->confirmed();
    p.past->start_over();
  }
  restart(self);
}

std::optional<tuning_status> degraded_status(self_ptr self) {
  auto& st = self->state;
  forget_old_deaths(self);
  if (st.stopping)
    return tuning_status{tuning_state::degraded, "stopping"};
  if (!st.away.empty())
    return tuning_status{tuning_state::degraded, st.away + "; parked"};
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

} // namespace tuner
