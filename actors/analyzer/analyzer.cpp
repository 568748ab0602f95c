#include "actors/analyzer/analyzer.hpp"

#include "actors/analyzer/analysis.hpp"

#include <cmath>

namespace tuner {

namespace {

using self_ptr = analyzer_actor::stateful_pointer<analyzer_state>;

/// What an urgent decision looks at.
constexpr auto evidence_window = std::chrono::seconds{10};

constexpr auto note_period = std::chrono::seconds{10};
/// The curves a policy has learned are kilobytes, and good for long.
constexpr uint32_t notes_per_knowledge = 6;

/// Has the journal note what was learned since the last time.
void note_learned(analyzer_state& st) {
  auto now = memos_of(*st.memory);
  for (auto& x : difference(st.noted, now))
    caf::anon_send(st.journal, std::move(x));
  st.noted = std::move(now);
}

/// For what is learned without an event of its own, such as a regime. Not with
/// a decision: it would wait for this.
void note_regularly(self_ptr self) {
  auto& st = self->state;
  if (++st.notes % notes_per_knowledge == 0)
    st.memory->of_target = st.decide_by->known();
  note_learned(st);
  self->delayed_send(self, note_period, tidy_atom_v);
}

/// Holds a step back that failed under this load before.
void hold_blamed(analyzer_state& st, analysis& x) {
  auto why =
    st.memory->blames.held_because(x.moves, load_rps(x.evidence), x.at);
  if (why)
    hold(x, *why, st.knobs);
}

analysis analysis_now(self_ptr self, const observation& seen) {
  auto& st = self->state;
  auto now = st.context.now(self);
  if (auto why = too_quiet_because(st.params.gate, seen))
    return analysis_of({{}, *why, {}}, seen, st.knobs, now);
  auto result =
    analyze(*st.decide_by, seen, st.knobs, st.params.gate.requests_min, now);
  hold_blamed(st, result);
  return result;
}

/// Says so, loudly after too many rollbacks (B8), when something other than an
/// operator begins to stop changes, and when it ends.
void tell_limits(analyzer_state& st, instant now) {
  auto limited = too_many_rollbacks(st.memory->gate, now);
  if (std::exchange(st.rolled_back_much, limited) != limited)
    st.log(
      limited ? log_level::warning : log_level::info,
      limited ? *advice_only_because(st.params.gate, st.memory->gate, now)
              : "no longer advice only: changes are made again");
  auto until = frozen_until(st.params.gate.freezes, now);
  if (std::exchange(st.frozen, until.has_value()) != until.has_value())
    st.log(
      log_level::info,
      until ? "no changes in this freeze window, until " + to_string(*until)
            : "the freeze window has ended: changes are made again");
}

void log_analysis(analyzer_state& st, const analysis& x) {
  auto told_before = x.reason == std::exchange(st.last_reason, x.reason);
  // What is written to the target, the applier tells.
  auto news = x.moves.empty() ? !told_before : x.advice_only;
  auto level = news ? log_level::info : log_level::debug;
  if (!st.log.enabled(level))
    return;
  auto what = x.moves.empty()
    ? ""
    : (x.advice_only ? "would change " : "recommends ") + to_string(x.moves)
      + ": ";
  st.log(level, what, x.reason, " (", summary(x.evidence), ')');
}

void end_trial(
  self_ptr self, uint64_t number, const proposal& tried, const verdict& how) {
  auto& st = self->state;
  st.decide_by->judged(how);
  if (how.result == outcome::rolled_back)
    st.memory->blames.blame(tried.moves, load_rps(tried.evidence), how.at);
  if (number == st.trials) // Else an urgent one has taken its place.
    close_trial(st.params.gate, st.memory->gate, how);
  note_learned(st);
  tell_limits(st, st.context.now(self));
}

/// @param owed is told how it ended; may be empty.
void try_out(
  self_ptr self, const proposal& x,
  const std::function<void(const caf::expected<verdict>&)>& owed = {}) {
  auto& st = self->state;
  st.memory->gate.trial_open = true;
  auto number = ++st.trials;
  // The applier limits each step of a trial: it always answers, or dies, which
  // is an answer too.
  self->request(st.applier, caf::infinite, x)
    .then(
      [=](const verdict& v) {
        end_trial(self, number, x, v);
        if (owed)
          owed(v);
      },
      [=](const caf::error& why) {
        self->state.log(log_level::warning, "no trial: ", describe(why));
        verdict none;
        none.at = self->state.context.now(self);
        end_trial(self, number, x, none);
        if (owed)
          owed(why);
      });
}

/// Has a proposal of its group tried, but for knobs that stand down.
caf::result<verdict> adopt(self_ptr self, proposal x) {
  auto& st = self->state;
  auto now = st.context.now(self);
  auto why = stopped_because(st.params.gate, st.memory->gate, now);
  if (!why)
    why = advice_only_because(st.params.gate, st.memory->gate, now);
  if (why)
    return caf::make_error(ec::refused, *why);
  if (st.memory->gate.trial_open)
    return ec::trial_in_progress;
  drop_switched_off(x.moves, st.knobs);
  if (x.moves.empty())
    return ec::nothing_to_change;
  x.evidence = st.recent->latest(evidence_window);
  auto reply = self->make_response_promise<verdict>();
  try_out(self, x, [=](const caf::expected<verdict>& how) mutable {
    if (how)
      reply.deliver(*how);
    else
      reply.deliver(how.error());
  });
  return reply;
}

/// Exports what an advice would be worth: nothing if there is none.
void add_worth(analysis& x, const expected_gain& worth) {
  auto figure = [&](const reading& saved) {
    return x.moves.empty() ? 0 : saved ? *saved : std::nan("");
  };
  x.figures["advice_p95_gain"] = figure(worth.p95);
  x.figures["advice_cost_gain"] = figure(worth.cost);
}

void decide(self_ptr self, const observation& seen) {
  auto& st = self->state;
  auto now = st.context.now(self);
  if (auto why = shut_because(st.params.gate, st.memory->gate, now))
    return st.log(log_level::debug, "no decision: ", *why);
  auto result = analysis_now(self, seen);
  result.thinking = st.context.now(self) - now;
  result.figures = st.decide_by->figures();
  auto advice = advice_only_because(st.params.gate, st.memory->gate, now);
  result.advice_only = advice.has_value();
  auto worth = gain_expected(result);
  if (advice)
    add_worth(result, worth);
  self->send(st.metrics, result); // Before the proposal: as in the monitor.
  if (!result.moves.empty() && !advice)
    try_out(self, proposal_of(result));
  log_analysis(st, result);
  if (!result.moves.empty() && advice)
    st.log(log_level::info, "nothing is written: ", *advice, words(worth));
}

/// Respects what an operator has set: such a knob stands down (A12).
void respect(analyzer_state& st, const std::vector<knob_move>& edits) {
  for (const auto& edit : stand_down(st.knobs, edits)) {
    st.memory->standing_down.insert(edit.knob);
    st.log(
      log_level::warning, edit.knob,
      " stands down until resumed: ", edit.reason, " to ",
      format_number(edit.to));
  }
  note_learned(st);
}

/// The same for what was set by hand, which only the target has seen so far.
void respect_by_hand(self_ptr self, const std::vector<knob_move>& edits) {
  auto& st = self->state;
  if (edits.empty())
    return;
  respect(st, edits);
  change told;
  told.kind = change_kind::edit;
  told.at = st.context.now(self);
  told.moves = edits;
  told.reason = edits.front().reason;
  self->send(st.applier, told);
}

/// Learns, and acts where waiting for the next window would hurt: neither an
/// open trial nor a cool-down stands in the way then, but an operator does.
void watch(self_ptr self, const sample& x) {
  auto& st = self->state;
  respect_by_hand(self, x.edits);
  st.recent->push(x);
  st.decide_by->watch(x);
  if (auto news = st.decide_by->news(); !news.empty())
    st.log(log_level::info, news);
  auto now = st.context.now(self);
  tell_limits(st, now);
  if (
    stopped_because(st.params.gate, st.memory->gate, now)
    || advice_only_because(st.params.gate, st.memory->gate, now)
    || !st.memory->gate.follows.empty())
    return;
  auto wanted = st.decide_by->urgent(st.knobs);
  auto thinking = st.context.now(self) - now;
  if (wanted.moves.empty())
    return;
  auto seen = st.recent->latest(evidence_window);
  seen.in_force = x.in_force;
  if (too_quiet_because(st.params.gate, seen))
    return;
  auto result = analysis_of(std::move(wanted), seen, st.knobs, now);
  hold_blamed(st, result);
  if (result.moves.empty())
    return log_analysis(st, result);
  result.thinking = thinking;
  auto urgent = proposal_of(result);
  urgent.urgent = true;
  self->send(st.metrics, result);
  try_out(self, urgent);
  log_analysis(st, result);
}

tuning_status status(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  if (auto why = stopped_because(st.params.gate, st.memory->gate, now))
    return {tuning_state::paused, *why};
  if (auto why = advice_only_because(st.params.gate, st.memory->gate, now))
    return {tuning_state::advise, *why};
  const auto& gate = st.memory->gate;
  auto doing = gate.follows;
  if (gate.trial_open)
    doing += (doing.empty() ? "" : "; ") + std::string{"a trial is running"};
  if (doing.empty())
    doing = "watching";
  for (const auto& spec : st.params.knobs.knobs)
    if (spec.enabled && !st.knobs.find(spec.name)->enabled)
      doing += ", " + spec.name + " stands down";
  return {tuning_state::enabled, doing};
}

member_report report(self_ptr self) {
  const auto& down = self->state.memory->standing_down;
  return {status(self), {down.begin(), down.end()}};
}

void follow(analyzer_state& st, const std::string& why) {
  if (std::exchange(st.memory->gate.follows, why) == why)
    return;
  st.log(log_level::info, why.empty() ? "leads its group" : why);
}

/// Another member of the group came to harm by it.
void blame(self_ptr self, const proposal& x) {
  auto& st = self->state;
  st.memory->blames.blame(x.moves, load_rps(x.evidence), st.context.now(self));
  note_learned(st);
}

std::string known(const policy& by, const std::string& name) {
  auto all = by.known();
  auto i = all.find(name);
  return i == all.end() ? std::string{} : i->second;
}

void pause(self_ptr self) {
  self->state.memory->gate.paused = true;
  self->state.log(log_level::warning, "paused");
}

void resume(self_ptr self) {
  auto& st = self->state;
  reopen(st.memory->gate);
  st.knobs = st.params.knobs;
  st.memory->standing_down.clear();
  note_learned(st);
  st.log(log_level::warning, "resumed");
  tell_limits(st, st.context.now(self));
}

/// Switches off what an operator has set (A12).
void hold_standing_down(analyzer_state& st) {
  for (auto& spec : st.knobs.knobs)
    if (st.memory->standing_down.count(spec.name) > 0)
      spec.enabled = false;
}

void choose_policy(analyzer_state& st) {
  st.decide_by = make_policy(st.params.policy);
  st.decide_by->take_up(st.memory->of_target);
  st.log(log_level::info, "decides by policy ", st.decide_by->name());
}

/// Decides by other parameters from now on. A policy that is told another
/// objective keeps what it has learned; another policy begins anew, but for
/// load regimes and the curves that both know.
void retune(analyzer_state& st, const analyzer_params& x) {
  auto same_policy = x.policy.name == st.params.policy.name
    && x.policy.threshold == st.params.policy.threshold;
  st.params = x;
  st.params.policy.memory = st.memory->regimes;
  st.memory->blames.retune(x.blame);
  st.knobs = x.knobs;
  hold_standing_down(st);
  if (same_policy)
    return st.decide_by->aim_at(x.policy.aim);
  st.memory->of_target = st.decide_by->known();
  choose_policy(st);
}

/// Goes on where a predecessor ended. Whether it is paused, the pipeline says.
void take_up(analyzer_state& st, std::shared_ptr<learned> memory) {
  st.memory = std::move(memory);
  st.noted = memos_of(*st.memory);
  st.memory->gate.paused = st.memory->gate.trial_open = false;
  hold_standing_down(st);
}

} // namespace

analyzer_actor::behavior_type analyzer(
  self_ptr self, actor_context context, analyzer_params params,
  applier_actor applier, metrics_actor metrics, journal_actor journal,
  std::shared_ptr<learned> memory) {
  auto& st = self->state;
  st.log = context.log(self, analyzer_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.knobs = st.params.knobs;
  st.applier = std::move(applier);
  st.metrics = std::move(metrics);
  st.journal = std::move(journal);
  take_up(st, std::move(memory));
  st.params.policy.memory = st.memory->regimes;
  st.recent.emplace(evidence_window);
  log_exceptions(self, st.log);
  choose_policy(st);
  self->delayed_send(self, note_period, tidy_atom_v);
  return {
    [self](const sample& x) { watch(self, x); },
    [self](const observation& seen) { decide(self, seen); },
    [self](analyze_atom, const observation& seen) {
      return analysis_now(self, seen);
    },
    [self](const change& edit) { respect(self->state, edit.moves); },
    [self](const tuning_status& journal_health) {
      self->state.memory->gate.journal_off =
        journal_health.state == tuning_state::enabled ? ""
                                                      : journal_health.reason;
    },
    [self](tidy_atom) { note_regularly(self); },
    [self](pause_atom) { pause(self); },
    [self](resume_atom) { resume(self); },
    [self](status_atom) { return status(self); },
    [self](follow_atom, const std::string& why) { follow(self->state, why); },
    [self](adopt_atom, const proposal& x) { return adopt(self, x); },
    [self](blame_atom, const proposal& x) { blame(self, x); },
    [self](known_atom, const std::string& name) {
      return known(*self->state.decide_by, name);
    },
    [self](report_atom) { return report(self); },
    [self](waiting_atom) { return messages_waiting(self); },
    [self](const analyzer_params& x) { retune(self->state, x); },
  };
}

} // namespace tuner
