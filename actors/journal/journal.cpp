#include "actors/journal/journal.hpp"

namespace tuner {

namespace {

using self_ptr = journal_actor::stateful_pointer<journal_state>;

bool working(const journal_state& st) {
  return st.health.state == tuning_state::enabled;
}

void set_health(self_ptr self, tuning_status x) {
  auto& st = self->state;
  auto changed = x.state != st.health.state || x.reason != st.health.reason;
  st.health = std::move(x);
  if (changed && st.tell_health)
    st.tell_health(st.health);
}

void break_down(self_ptr self, const std::string& why) {
  auto& st = self->state;
  if (working(st))
    st.log(
      log_level::error, "JOURNAL OFF: ", why,
      "; no change is made until it works again");
  set_health(self, {tuning_state::degraded, why});
  self->delayed_send(self, st.params.retry, retry_atom_v);
}

/// For a database that could not even be read: what it holds is unknown, and
/// what is done meanwhile would not fit to it.
void stay_off(self_ptr self) {
  auto& st = self->state;
  auto why = st.params.problem + "; then start again";
  st.log(log_level::error, "JOURNAL OFF: ", why, "; no change is made");
  set_health(self, {tuning_state::degraded, why});
}

/// Records what waits, in order, as far as that works.
void record_waiting(self_ptr self) {
  auto& st = self->state;
  if (!working(st))
    return;
  try {
    for (; !st.waiting.empty(); st.waiting.pop_front())
      st.waiting.front()(*st.params.store);
  } catch (const std::exception& x) {
    break_down(self, x.what());
  }
}

void record(self_ptr self, std::function<void(ledger&)> what) {
  auto& st = self->state;
  st.waiting.push_back(std::move(what));
  if (st.waiting.size() > journal_state::waiting_max) {
    st.waiting.pop_front();
    st.log(
      log_level::error, "too much waits to be recorded: the oldest is lost");
  }
  record_waiting(self);
}

void retry(self_ptr self) {
  auto& st = self->state;
  if (working(st) || !st.params.problem.empty())
    return;
  try {
    st.params.store.reset();
    st.params.store =
      std::make_shared<ledger>(st.params.where, st.params.shared);
    // Reading may work where writing does not.
    st.params.store->note(memo{"journal", "works_again", "yes"});
  } catch (const std::exception& x) {
    return break_down(self, x.what());
  }
  set_health(self, {tuning_state::enabled, "recording"});
  record_waiting(self);
  if (working(st))
    st.log(log_level::warning, "the journal works again");
}

/// Does something with the store that is not worth doing later.
/// @returns what that gives; nothing if it does not work.
template <class F>
auto attempt(self_ptr self, F f)
  -> std::optional<decltype(f(std::declval<ledger&>()))> {
  auto& st = self->state;
  if (!working(st))
    return std::nullopt;
  try {
    return f(*st.params.store);
  } catch (const std::exception& x) {
    break_down(self, x.what());
    return std::nullopt;
  }
}

/// The same, for a request.
template <class F>
auto answer_with(self_ptr self, F f)
  -> caf::result<decltype(f(std::declval<ledger&>()))> {
  if (auto result = attempt(self, f))
    return std::move(*result);
  return caf::make_error(ec::journal_off, self->state.health.reason);
}

/// Tells how the changes concerned stand now.
void tell_listener(self_ptr self, const settlement& x) {
  auto& st = self->state;
  if (!st.params.listener)
    return;
  std::vector<uint64_t> judged;
  for (const auto& what : x.changes) {
    if (what.kind != change_kind::tuning)
      st.params.listener->happened({st.context.target, what, {}, false});
    if (what.kind != change_kind::edit)
      judged.push_back(static_cast<uint64_t>(what.id));
  }
  for (const auto& how : x.verdicts)
    judged.push_back(static_cast<uint64_t>(how.id));
  for (auto id : judged)
    if (auto found = attempt(self, [&](ledger& store) {
          return store.history({{}, 1, id});
        }))
      for (const auto& event : *found)
        st.params.listener->happened(event);
}

void add_to_series(self_ptr self, const std::vector<downsampler::row>& rows) {
  auto& st = self->state;
  for (const auto& row : rows) {
    attempt(self, [&](ledger& store) {
      store.add(row.step, row.seen);
      return true;
    });
    if (row.step == series_steps.front() && st.params.listener)
      st.params.listener->seen(st.context.target, row.seen);
  }
}

void tidy(self_ptr self) {
  auto& st = self->state;
  self->delayed_send(self, st.params.tidy, tidy_atom_v);
  attempt(self, [&](ledger& store) {
    store.tidy(st.context.now(self));
    return true;
  });
}

tuning_status stop(self_ptr self) {
  add_to_series(self, self->state.series.flush());
  self->quit();
  return self->state.health;
}

} // namespace

journal_actor::behavior_type journal(
  self_ptr self, actor_context context, journal_params params,
  std::function<void(const tuning_status&)> tell_health) {
  auto& st = self->state;
  st.log = context.log(self, journal_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.tell_health = std::move(tell_health);
  log_exceptions(self, st.log);
  if (st.params.store)
    self->delayed_send(self, st.params.tidy, tidy_atom_v);
  else
    stay_off(self);
  return {
    [self](const settlement& x) {
      record(self, [x](ledger& store) { store.settle(x); });
      tell_listener(self, x);
      return x.confirmed;
    },
    [self](const sample& x) {
      add_to_series(self, self->state.series.push(x));
    },
    [self](const memo& x) {
      record(self, [x](ledger& store) { store.note(x); });
    },
    [self](const operation& x) {
      record(self, [x](ledger& store) { store.note(x); });
    },
    [self](const history_query& x) {
      return answer_with(self, [&](ledger& store) { return store.history(x); });
    },
    [self](const series_query& x) {
      return answer_with(self, [&](ledger& store) { return store.series(x); });
    },
    [self](status_atom) { return self->state.health; },
    [self](stop_atom) { return stop(self); },
    [self](tidy_atom) { tidy(self); },
    [self](retry_atom) { retry(self); },
    [self](waiting_atom) { return messages_waiting(self); },
  };
}

} // namespace tuner
