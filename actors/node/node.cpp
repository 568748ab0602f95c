#include "actors/node/node.hpp"

#include "actors/node/admission.hpp"
#include "actors/targets/remote_target.hpp"

namespace tuner {

namespace {

using self_ptr = node_actor::stateful_pointer<node_state>;

caf::error refuse(
  node_state& st, const caf::strong_actor_ptr& agent, const std::string& who,
  const std::string& why) {
  st.log(
    log_level::warning, "refused agent ", who.empty() ? "without a name" : who,
    " of ", agent ? caf::to_string(agent->node()) : "nowhere", ": ", why);
  return caf::make_error(ec::refused, why);
}

/// @throws std::exception if its pipeline can't be started.
void start(
  self_ptr self, const enrolment& who, const caf::strong_actor_ptr& agent,
  node_state::enrolled& x) {
  auto& st = self->state;
  auto context = st.context;
  context.target = who.target;
  x.target = self->spawn(remote_target, std::move(context));
  x.knobs = who.knobs;
  x.group = who.group;
  self->send(x.target, agent); // Before the pipeline writes to it.
  try {
    x.pipeline = st.params.start(who, caf::actor_cast<target_actor>(x.target));
  } catch (...) {
    self->send_exit(x.target, caf::exit_reason::user_shutdown);
    throw;
  }
}

/// Ends the pipeline of a target that has other knobs now. It has kept what it
/// learned in the journal.
void end(self_ptr self, node_state::enrolled& x) {
  caf::anon_send(x.pipeline, stop_atom_v);
  self->send_exit(x.target, caf::exit_reason::user_shutdown);
  x.pipeline = nullptr;
}

void connect(
  self_ptr self, const enrolment& who, const caf::strong_actor_ptr& agent) {
  auto& st = self->state;
  auto [i, is_new] = st.targets->try_emplace(who.target);
  auto& x = i->second;
  auto fresh = x.process != who.process;
  if (x.pipeline && !(same_knobs(x.knobs, who.knobs) && x.group == who.group)) {
    st.log(
      log_level::warning, who.target,
      " has other knobs or another group: starts anew");
    end(self, x);
  }
  auto parked = static_cast<bool>(x.pipeline);
  try {
    if (!parked)
      start(self, who, agent, x);
  } catch (...) {
    st.targets->erase(i);
    throw;
  }
  x.agent = agent->address();
  x.process = who.process;
  self->monitor(x.agent);
  if (parked) {
    self->send(x.target, agent);
    self->send(x.pipeline, unpark_atom_v, fresh);
  }
  st.log(
    log_level::info, "enrolled ", who.target,
    who.group.empty() ? "" : " of group ", who.group, " (auto_tuner ",
    who.version, ", ", caf::to_string(agent->node()), ')');
}

void lose(self_ptr self, const std::string& name, const std::string& why) {
  auto& st = self->state;
  auto& x = st.targets->at(name);
  x.agent = nullptr;
  self->send(x.target, lost_atom_v);
  self->send(x.pipeline, park_atom_v, why);
}

/// @returns why the agent can't come in now, or nothing: then none of that name
/// is here.
std::string make_room(self_ptr self, const enrolment& who) {
  auto& st = self->state;
  present_target have;
  if (auto i = st.targets->find(who.target); i != st.targets->end())
    have = {true, static_cast<bool>(i->second.agent), i->second.process};
  auto why =
    no_room_because(who, have, st.targets->size(), st.params.targets_max);
  if (why.empty() && have.served) {
    self->demonitor(st.targets->at(who.target).agent);
    lose(self, who.target, "its agent has come anew");
  }
  return why;
}

caf::result<std::string> enroll(
  self_ptr self, uint32_t version, const std::string& text,
  const caf::strong_actor_ptr& agent) {
  auto& st = self->state;
  if (auto why = other_version(version); !why.empty())
    return refuse(st, agent, "", why);
  enrolment who;
  try {
    who = enrolment_from(text);
  } catch (const std::exception& x) {
    return refuse(st, agent, "", x.what());
  }
  if (!st.params.knows(who.token))
    return refuse(st, agent, who.target, "its token is wrong");
  if (!agent)
    return refuse(st, agent, who.target, "it names no target actor");
  if (auto why = make_room(self, who); !why.empty())
    return refuse(st, agent, who.target, why);
  try {
    connect(self, who, agent);
  } catch (const std::exception& x) {
    return refuse(st, agent, who.target, x.what());
  }
  return st.params.name;
}

void on_down(self_ptr self, const caf::down_msg& gone) {
  auto& st = self->state;
  for (auto& [name, x] : *st.targets)
    if (x.agent && x.agent == gone.source)
      return lose(self, name, "its agent is gone");
}

caf::result<uint64_t> stop(self_ptr self) {
  auto& st = self->state;
  auto reply = self->make_response_promise<uint64_t>();
  auto left = std::make_shared<uint64_t>(st.targets->size());
  auto count = st.targets->size();
  auto one_less = [=]() mutable {
    if (*left > 0 && --*left > 0)
      return;
    reply.deliver(uint64_t{count});
    self->quit();
  };
  if (count == 0)
    one_less();
  for (auto& [name, x] : *st.targets)
    self->request(x.pipeline, std::chrono::seconds{10}, stop_atom_v)
      .then(
        [=](const settings&) mutable { one_less(); },
        [=](const caf::error&) mutable { one_less(); });
  return reply;
}

/// Has pipelines and targets die with the node, however it dies.
void end_all_with(self_ptr self) {
  self->attach_functor([all = self->state.targets](const caf::error&) {
    for (auto& [name, x] : *all) {
      caf::anon_send_exit(x.pipeline, caf::exit_reason::user_shutdown);
      caf::anon_send_exit(x.target, caf::exit_reason::user_shutdown);
    }
    all->clear();
  });
}

} // namespace

node_actor::behavior_type
node(self_ptr self, actor_context context, node_params params) {
  auto& st = self->state;
  st.log = context.log(self, node_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  log_exceptions(self, st.log);
  end_all_with(self);
  self->set_default_handler(caf::drop); // Else a peer could fill our output.
  self->set_down_handler([self](const caf::down_msg& x) { on_down(self, x); });
  return {
    [self](
      enroll_atom, uint32_t version, const std::string& text,
      const caf::strong_actor_ptr& agent) {
      return enroll(self, version, text, agent);
    },
    [self](stop_atom) { return stop(self); },
  };
}

} // namespace tuner
