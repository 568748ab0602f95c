#include "actors/fleet/fleet.hpp"

#include "actors/fleet/peers.hpp"

namespace tuner {

namespace {

using self_ptr = fleet_actor::stateful_pointer<fleet_state>;

/// A pipeline answers at once, or is no longer there.
constexpr auto report_patience = std::chrono::seconds{5};

/// @returns the band and the member of that name, or nothing.
member* find(fleet_state& st, const std::string& name) {
  for (auto& x : st.bands)
    if (auto i = x->members().find(name); i != x->members().end())
      return &i->second;
  return nullptr;
}

band* band_of(fleet_state& st, const std::string& name) {
  for (auto& x : st.bands)
    if (x->members().count(name) > 0)
      return x.get();
  return nullptr;
}

/// Has the group do something. After an exception what it knows may be half
/// done: it begins anew then, with the members it has.
template <class F>
void guarded(self_ptr self, F f);

void ask_how_it_is(self_ptr self, const std::string& name) {
  auto note = [self, name](const member_report& x) {
    if (auto* found = find(self->state, name))
      found->report = x;
  };
  self->request(self->state.pipelines.at(name), report_patience, report_atom_v)
    .then(note, [=](const caf::error& x) {
      note({{tuning_state::degraded, describe(x)}, {}});
    });
}

/// Gives members with other hardware a band of their own.
void sort_by_hardware(self_ptr self) {
  auto& st = self->state;
  std::map<std::string, service_curve> curves;
  std::map<std::string, size_t> classes;
  for (size_t i = 0; i < st.bands.size(); ++i)
    for (const auto& [name, x] : st.bands[i]->members()) {
      classes[name] = i;
      if (!x.asked && !x.on_trial()) // Whoever has begun, ends.
        curves[name] = x.curve;
    }
  for (const auto& [name, to] : moves_between_classes(curves, classes)) {
    auto& from = *st.bands[classes[name]];
    while (st.bands.size() <= to)
      st.bands.push_back(std::make_unique<band>(
        st.params.group + '/' + std::to_string(st.bands.size() + 1)));
    auto& other = *st.bands[to];
    if (other.members().empty())
      other.begin_with(from.confirmed());
    st.log(
      log_level::info, name, " has other hardware than group ", from.name(),
      ", by the time its batches take: it joins group ", other.name());
    other.members().insert(from.members().extract(name));
  }
}

void ask_for_curve(self_ptr self, const std::string& name, bool is_new) {
  self
    ->request(
      self->state.pipelines.at(name), report_patience, known_atom_v,
      std::string{service_curve_name})
    .then(
      [=](const std::string& text) {
        if (auto* found = find(self->state, name))
          found->curve = curve_of(text);
        if (is_new && !text.empty())
          guarded(self, [&] { sort_by_hardware(self); });
      },
      [](const caf::error&) {}); // It is asked again.
}

void join(self_ptr self, const std::string& name, const pipeline_actor& by) {
  auto& st = self->state;
  if (auto i = st.pipelines.find(name); i != st.pipelines.end())
    self->demonitor(i->second.address());
  if (auto* before = band_of(st, name))
    before->members().erase(name);
  st.bands.front()->members()[name] = {};
  st.pipelines[name] = by;
  self->monitor(by);
  st.log(log_level::info, name, " joins group ", st.params.group);
  ask_how_it_is(self, name);
  ask_for_curve(self, name, true);
}

void begin_anew(self_ptr self, const char* why) {
  auto& st = self->state;
  st.bands.clear();
  st.bands.push_back(std::make_unique<band>(st.params.group));
  for (const auto& [name, by] : st.pipelines) {
    st.bands.front()->members()[name] = {};
    ask_how_it_is(self, name);
    ask_for_curve(self, name, true);
  }
  st.log(
    log_level::error, "group ", st.params.group,
    " begins anew after an exception: ", why);
}

template <class F>
void guarded(self_ptr self, F f) {
  try {
    f();
  } catch (const std::exception& x) {
    begin_anew(self, x.what());
  } catch (...) {
    begin_anew(self, "it is no std::exception");
  }
}

void on_down(self_ptr self, const caf::down_msg& gone) {
  auto& st = self->state;
  for (auto i = st.pipelines.begin(); i != st.pipelines.end(); ++i)
    if (i->second.address() == gone.source) {
      if (auto* where = band_of(st, i->first))
        where->members().erase(i->first);
      st.log(log_level::info, i->first, " leaves group ", st.params.group);
      st.pipelines.erase(i);
      return;
    }
}

/// Does something with the band of that member, if it has one.
template <class F>
void in_band_of(self_ptr self, const std::string& member, F f) {
  guarded(self, [&] {
    if (auto* where = band_of(self->state, member))
      f(*where);
  });
}

/// Has a member do what its band wants; the band is told when it is done.
void have_done(self_ptr self, const order& x) {
  auto& st = self->state;
  const auto& by = st.pipelines.at(x.member);
  auto now = [self] { return self->state.context.now(self); };
  auto refused = [=, who = x.member](const caf::error& why) {
    in_band_of(self, who, [&](band& where) {
      where.refused(who, describe(why), now());
    });
  };
  if (x.what == order::kind::undo)
    return self->request(by, st.params.patience, undo_atom_v, x.undone, x.text)
      .then(
        [=, who = x.member](const std::vector<change>&) {
          in_band_of(self, who, [&](band& where) { where.done(who); });
        },
        refused);
  self->request(by, st.params.patience, adopt_atom_v, x.wanted)
    .then(
      [=, who = x.member](const verdict& how) {
        if (auto* where = band_of(self->state, who))
          where->answered(who, how, now());
      },
      refused);
}

void carry_out(self_ptr self, const band& of, const order& x) {
  auto& st = self->state;
  switch (x.what) {
  case order::kind::follow:
    return self->send(st.pipelines.at(x.member), follow_atom_v, x.text);
  case order::kind::adopt:
  case order::kind::undo:
    return have_done(self, x);
  case order::kind::blame:
    return self->send(st.pipelines.at(x.member), blame_atom_v, x.wanted);
  case order::kind::tell:
    return st.log(log_level::info, "group ", of.name(), ": ", x.text);
  case order::kind::warn:
    return st.log(log_level::warning, "group ", of.name(), ": ", x.text);
  }
}

void look(self_ptr self) {
  auto& st = self->state;
  auto now = st.context.now(self);
  for (auto& x : st.bands)
    for (const auto& what : x->look(now))
      carry_out(self, *x, what);
  for (const auto& [who, what] : compared_with_peers(st.bands, now))
    self->send(st.pipelines.at(who), what);
}

/// Passes facts on to a fleet. A fleet that has ended is told in vain.
class teller final : public fact_listener {
public:
  teller(const fleet_actor& to, std::shared_ptr<fact_listener> other)
    : to_(to), other_(std::move(other)) {}

  void seen(const std::string& target, const observation& x) override {
    caf::anon_send(to_, target, x);
    if (other_)
      other_->seen(target, x);
  }

  void happened(const history_event& x) override {
    caf::anon_send(to_, x);
    if (other_)
      other_->happened(x);
  }

private:
  fleet_actor to_;
  std::shared_ptr<fact_listener> other_;
};

} // namespace

fleet_actor::behavior_type
fleet(self_ptr self, actor_context context, fleet_params params) {
  auto& st = self->state;
  st.log = context.log(self, fleet_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.bands.push_back(std::make_unique<band>(st.params.group));
  log_exceptions(self, st.log);
  self->set_down_handler([self](const caf::down_msg& x) { on_down(self, x); });
  self->delayed_send(self, st.params.look_period, check_atom_v);
  self->delayed_send(self, st.params.report_period, status_atom_v);
  self->delayed_send(self, st.params.hardware_period, known_atom_v);
  return {
    [self](join_atom, const std::string& name, const pipeline_actor& by) {
      guarded(self, [&] { join(self, name, by); });
    },
    [self](const std::string& name, const observation& x) {
      guarded(self, [&] {
        if (auto* found = find(self->state, name))
          note(*found, x);
      });
    },
    [self](const history_event& x) {
      in_band_of(self, x.target, [&](band& where) { where.happened(x); });
    },
    [self](check_atom) {
      self->delayed_send(self, self->state.params.look_period, check_atom_v);
      guarded(self, [&] { look(self); });
    },
    [self](status_atom) {
      for (const auto& [name, by] : self->state.pipelines)
        ask_how_it_is(self, name);
      self->delayed_send(self, self->state.params.report_period, status_atom_v);
    },
    [self](known_atom) {
      self->delayed_send(
        self, self->state.params.hardware_period, known_atom_v);
      guarded(self, [&] { sort_by_hardware(self); });
      for (const auto& [name, by] : self->state.pipelines)
        ask_for_curve(self, name, false);
    },
  };
}

std::shared_ptr<fact_listener>
tells_fleet(const fleet_actor& to, std::shared_ptr<fact_listener> other) {
  return std::make_shared<teller>(to, std::move(other));
}

} // namespace tuner
