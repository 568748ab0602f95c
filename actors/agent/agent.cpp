#include "actors/agent/agent.hpp"

#include "messages/error.hpp"

#include <caf/actor_system.hpp>

namespace tuner {

namespace {

using self_ptr = agent_actor::stateful_pointer<agent_state>;

std::string address(const agent_params& x) {
  return x.host + ':' + std::to_string(x.port);
}

/// Says so, but not over and over.
void complain(agent_state& st, const std::string& why) {
  auto news = std::exchange(st.trouble, why) != why;
  st.log(
    news ? log_level::warning : log_level::debug, "no node at ",
    address(st.params), ": ", why, "; trying again");
}

void try_again(self_ptr self, const std::string& why) {
  auto& st = self->state;
  st.enrolled = false;
  complain(st, why);
  self->delayed_send(self, st.pauses.next(), retry_atom_v);
}

void enroll(self_ptr self) {
  auto& st = self->state;
  auto target = caf::actor_cast<caf::strong_actor_ptr>(st.params.target);
  self
    ->request(
      st.node, st.params.patience, enroll_atom_v, protocol_version,
      to_text(st.params.hello), target)
    .then(
      [self](const std::string& node) {
        auto& here = self->state;
        here.enrolled = true;
        here.trouble.clear();
        here.pauses.reset();
        here.log(
          log_level::info, "enrolled as ", here.params.hello.target, " with ",
          node, " at ", address(here.params));
      },
      [self](const caf::error& x) {
        if (self->state.node) // Else its end has been seen to.
          try_again(self, describe(x));
      });
}

/// @returns the registrar, if that is what was found there.
registrar_actor registrar_of(
  self_ptr self, const caf::strong_actor_ptr& found,
  const std::set<std::string>& speaks) {
  caf::detail::type_list<registrar_actor> wanted;
  auto& system = self->system();
  if (!found || !system.assignable(speaks, system.message_types(wanted)))
    return {};
  return caf::actor_cast<registrar_actor>(found);
}

void dial(self_ptr self) {
  auto& st = self->state;
  if (st.enrolled)
    return;
  if (st.node)
    return enroll(self);
  self
    ->request(
      st.params.network, st.params.patience, caf::connect_atom_v,
      st.params.host, st.params.port)
    .then(
      [self](
        const caf::node_id&, const caf::strong_actor_ptr& found,
        const std::set<std::string>& speaks) {
        auto node = registrar_of(self, found, speaks);
        if (!node)
          return try_again(self, "what answers there is no node of this kind");
        self->state.node = node;
        self->monitor(node);
        enroll(self);
      },
      [self](const caf::error& x) { try_again(self, describe(x)); });
}

void on_down(self_ptr self, const caf::down_msg& x) {
  auto& st = self->state;
  if (!st.node || x.source != st.node.address())
    return;
  st.node = nullptr;
  try_again(self, "the connection is lost");
}

tuning_status status(const agent_state& st) {
  auto node = "the node at " + address(st.params);
  if (st.enrolled)
    return {tuning_state::enabled, "tuned by " + node};
  return {tuning_state::degraded, "not tuned: no " + node + ": " + st.trouble};
}

} // namespace

agent_actor::behavior_type
agent(self_ptr self, actor_context context, agent_params params) {
  auto& st = self->state;
  st.log = context.log(self, agent_state::name);
  st.context = std::move(context);
  st.params = std::move(params);
  st.pauses = redial_pauses{st.params.hello.process};
  log_exceptions(self, st.log);
  self->set_down_handler([self](const caf::down_msg& x) { on_down(self, x); });
  dial(self);
  return {
    [self](status_atom) { return status(self->state); },
    [self](retry_atom) { dial(self); },
  };
}

} // namespace tuner
