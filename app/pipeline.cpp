#include "app/supervision.hpp"
#include "app/vitals.hpp"

namespace tuner {

namespace {

using self_ptr = pipeline_self;

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

/// Undoes changes. A member whose group could want them again keeps its hands
/// off those knobs, as if they had been set.
caf::result<std::vector<change>> roll_back(self_ptr self, uint32_t steps) {
  auto& st = self->state;
  if (!*st.parts)
    return ec::not_running;
  const auto& parts = **st.parts;
  if (!st.follows)
    return self->delegate(parts.hand, rollback_atom_v, steps);
  auto reply = self->make_response_promise<std::vector<change>>();
  auto patience = 4 * st.params.applier.host_timeout;
  self->request(parts.hand, patience, rollback_atom_v, steps)
    .then(
      [=, brain = parts.brain](const std::vector<change>& undone) mutable {
        for (auto what : undone) {
          for (auto& move : what.moves)
            move.reason = "rolled back by an operator";
          self->send(brain, what);
        }
        reply.deliver(undone);
      },
      [=](const caf::error& x) mutable { reply.deliver(x); });
  return reply;
}

/// Survives restarts, and the time that the target is away.
void follow(self_ptr self, const std::string& why) {
  auto& st = self->state;
  st.follows = why;
  if (*st.parts)
    self->send((*st.parts)->brain, follow_atom_v, why);
}

caf::result<member_report> report(self_ptr self) {
  if (auto degraded = degraded_status(self))
    return member_report{*degraded, {}};
  return self->delegate((*self->state.parts)->brain, report_atom_v);
}

/// Passes a fact on to one of the five, where they run.
template <class Part, class... Ts>
void tell(self_ptr self, Part pipeline_parts::*to, const Ts&... xs) {
  if (auto& parts = *self->state.parts)
    self->send((*parts).*to, xs...);
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
  st.follows = st.params.follows;
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
    [self](rollback_atom, uint32_t steps) { return roll_back(self, steps); },
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
    [self](park_atom, const std::string& why) { park(self, why); },
    [self](unpark_atom, bool fresh) { unpark(self, fresh); },
    [self](follow_atom, const std::string& why) { follow(self, why); },
    [self](adopt_atom x, const proposal& wanted) {
      return pass<verdict>(self, &parts::brain, x, wanted);
    },
    [self](blame_atom x, const proposal& wanted) {
      tell(self, &parts::brain, x, wanted);
    },
    [self](undo_atom x, change_id which, const std::string& why) {
      return pass<std::vector<change>>(self, &parts::hand, x, which, why);
    },
    [self](known_atom x, const std::string& what) {
      return pass<std::string>(self, &parts::brain, x, what);
    },
    [self](report_atom) { return report(self); },
    [self](const peer_comparison& x) { tell(self, &parts::dog, x); },
    [self](stop_atom) { return stop(self); },
    [self](restart_atom) { restart(self); },
    [self](vitals_atom) { show_vitals(self); },
  };
}

} // namespace tuner
