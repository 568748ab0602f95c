#include "actors/applier/trial.hpp"

#include "messages/fact_json.hpp"

#include <boost/json/serialize.hpp>

namespace tuner {

namespace {

using self_ptr = applier_self;
using phase = applier_state::phase;

std::string text_of(const change& x) {
  return boost::json::serialize(to_json(x));
}

settings values_of(const std::vector<knob_move>& moves) {
  settings result;
  for (const auto& move : moves)
    result[move.knob] = move.to;
  return result;
}

/// What really moved: read before against read after, with the reasons asked.
std::vector<knob_move> moves_between(
  const settings& before, const settings& after, const proposal& asked) {
  std::vector<knob_move> result;
  for (const auto& move : asked.moves) {
    auto from = before.find(move.knob);
    auto to = after.find(move.knob);
    if (from != before.end() && to != after.end() && from->second != to->second)
      result.push_back(
        {move.knob, from->second, to->second,
         move.reason.empty() ? asked.reason : move.reason});
  }
  return result;
}

// A trial in reading order, from the bottom of this file: intend, write, watch
// and conclude, undoing first if need be. Each step continues in the one above,
// except that a switchback goes on watching.

template <class... Request>
void await_verdict(self_ptr self, duration settle, const Request&... request);
void watch(self_ptr self);

void go_on(self_ptr self) {
  self->state.doing = phase::watching;
  await_verdict(self, duration{0}, moved_atom_v, self->state.trial.id);
}

void switch_back(self_ptr self, const verdict& how) {
  auto& st = self->state;
  st.log(
    log_level::warning, "SWITCHBACK ", to_string(st.trial.id),
    ": the old settings are back for a look at them: ", how.reason);
  restore(self, [=](const settings&) {
    self->state.switched_back = self->state.context.now(self);
    go_on(self);
  });
}

/// Everything that the trial, and what was cut short before it, changed.
settings values_on_trial(const applier_state& st) {
  settings result;
  auto add = [&](const change& what) {
    for (const auto& move : what.moves)
      result[move.knob] = move.to;
  };
  for (const auto& x : st.cut_short)
    add(x);
  add(st.trial);
  return result;
}

void try_again(self_ptr self, const verdict& how) {
  auto& st = self->state;
  st.log(
    log_level::warning, "SWITCHBACK ", to_string(st.trial.id),
    ": the new settings again: ", how.reason);
  st.doing = phase::writing;
  self
    ->request(
      st.target, st.params.host_timeout, write_atom_v, values_on_trial(st),
      st.params.lease_for())
    .then(
      [=](const settings&, const settings&) {
        self->state.switched_back.reset();
        go_on(self);
      },
      [=](const caf::error& x) {
        undo_trial(
          self, verdict_of(self, outcome::inconclusive, describe(x)),
          "since it could not be tried again");
      });
}

/// Goes back in part, and tries what is left of the change.
void step_back(
  self_ptr self, const verdict& how, const std::vector<knob_move>& left) {
  settings wanted;
  for (const auto& move : self->state.trial.moves)
    wanted[move.knob] = move.from;
  for (const auto& move : left)
    wanted[move.knob] = move.to;
  self->state.doing = phase::writing;
  auto written = [self, how, left](const settings&, const settings& now) {
    auto& st = self->state;
    auto undone = st.trial;
    settlement x{
      undone_with_trial(self, {}, "in part due to performance degradation"),
      {how}};
    if (!st.first)
      st.first = how;
    ++st.steps_back;
    auto moves = left;
    for (auto& move : moves) {
      move.reason = "what is left of " + to_string(undone.id);
      if (auto i = now.find(move.knob); i != now.end())
        move.to = i->second;
    }
    st.trial = change{
      st.past->next_id(),
      change_kind::tuning,
      st.context.now(self),
      std::move(moves),
      undone.evidence,
      "what is left of " + to_string(undone.id) + ", which did harm",
      {},
      undone.settle,
      true};
    tell(self, x);
    tell(self, st.trial);
    x.changes.push_back(st.trial);
    settle(self, x);
    watch(self);
  };
  self
    ->request(
      self->state.target, self->state.params.host_timeout, write_atom_v, wanted,
      self->state.params.lease_for())
    .then(written, [=](const caf::error& x) {
      self->state.log(log_level::error, "can't go back in part: ", describe(x));
      undo_trial(self, how, "due to performance degradation");
    });
}

void keep(self_ptr self, const verdict& how) {
  auto& st = self->state;
  st.doing = phase::writing;
  self->request(st.target, st.params.host_timeout, confirm_atom_v)
    .then(
      [=](const settings& now) {
        self->state.cut_short.clear();
        settlement x{{}, {how}, now};
        settle(self, x, [=] {
          tell(self, x);
          end_trial(self, how);
        });
      },
      [=](const caf::error& x) { give_up(self, x); });
}

/// Undoes by the strategy.
void give_back(self_ptr self, const verdict& how) {
  auto& st = self->state;
  if (st.cut_short.empty())
    if (auto left = left_of(st.trial, how, st.params.strategy, st.steps_back);
        !left.empty())
      return step_back(self, how, left);
  undo_trial(self, how, "due to performance degradation");
}

void conclude(self_ptr self, const verdict& how) {
  switch (how.result) {
  case outcome::doubted:
    return switch_back(self, how);
  case outcome::retried:
    return try_again(self, how);
  case outcome::kept:
    return keep(self, how);
  case outcome::rolled_back:
    return give_back(self, how);
  case outcome::open:
  case outcome::inconclusive:
    return undo_trial(self, how, "for lack of evidence");
  }
}

template <class... Request>
void await_verdict(self_ptr self, duration settle, const Request&... request) {
  auto& st = self->state;
  auto id = st.trial.id;
  auto current = [=] {
    return self->state.trial.id == id && self->state.doing == phase::watching;
  };
  self->request(st.watchdog, st.params.verdict_timeout + settle, request...)
    .then(
      [=](const verdict& how) {
        if (current())
          conclude(self, how);
      },
      [=](const caf::error& x) { // No verdict is a bad verdict.
        if (current())
          undo_trial(
            self, verdict_of(self, outcome::inconclusive, describe(x)),
            "for lack of a verdict");
      });
}

void watch(self_ptr self) {
  auto& st = self->state;
  st.doing = phase::watching;
  st.switched_back.reset();
  await_verdict(self, st.trial.settle, st.trial);
}

void take_effect(self_ptr self, change planned, std::vector<knob_move> moves) {
  auto& st = self->state;
  st.trial = std::move(planned);
  st.trial.id = st.past->next_id();
  st.trial.at = st.context.now(self);
  st.trial.moves = std::move(moves);
  settle(self, {{st.trial}});
  tell(self, st.trial);
  if (st.owed.applied.pending())
    st.owed.applied.deliver(st.trial);
  watch(self);
}

/// Leaves word of what is about to be written, for whoever finds it there after
/// this process has died.
void intend(applier_state& st, change planned) {
  if (!st.intents || st.intents->put(text_of(planned)))
    return;
  planned.considered.clear(); // Too long: what matters is what moves.
  st.intents->put(text_of(planned));
}

/// Nothing came of it: goes back to what was confirmed.
void abandon(self_ptr self, const caf::error& why) {
  auto& st = self->state;
  st.log(
    log_level::error, "no change came about: ", describe(why), "; going back");
  if (st.intents)
    st.intents->clear();
  restore(self, [=](const settings& now) {
    // Unconfirmed too, so it is undone as well.
    settlement x;
    x.confirmed = now;
    for (auto& before : std::exchange(self->state.cut_short, {}))
      x.changes.push_back(rollback_of(
        before, self->state.context.now(self), "with a later change"));
    settle(self, x);
    tell(self, x);
    decline(self, why);
  });
}

void write(self_ptr self, const proposal& asked, const change& planned) {
  auto& st = self->state;
  auto abort = [=](const caf::error& why) { abandon(self, why); };
  self
    ->request(
      st.target, st.params.host_timeout, write_atom_v, values_of(asked.moves),
      st.params.lease_for(planned.settle))
    .then(
      [=](const settings& before, const settings& after) {
        auto moves = moves_between(before, after, asked);
        if (moves.empty())
          abort(caf::make_error(ec::nothing_to_change));
        else
          take_effect(self, planned, std::move(moves));
      },
      abort);
}

} // namespace

void take_up_next(applier_state& st) {
  if (st.next)
    st.params = *std::exchange(st.next, std::nullopt);
}

void start_trial(
  self_ptr self, const proposal& asked, applier_state::replies owed) {
  auto& st = self->state;
  take_up_next(st);
  st.owed = std::move(owed);
  st.doing = phase::writing;
  change planned{st.past->coming_id(), change_kind::tuning,
                 st.context.now(self), asked.moves,
                 asked.evidence,       asked.reason,
                 asked.considered,     st.params.settle_for(asked)};
  intend(st, planned);
  write(self, asked, planned);
}

} // namespace tuner
