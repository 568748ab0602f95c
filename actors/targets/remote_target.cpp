#include "actors/targets/remote_target.hpp"

#include "actors/targets/sample_limits.hpp"

namespace tuner {

namespace {

using self_ptr = remote_target_actor::stateful_pointer<remote_target_state>;

/// Without a timeout of its own: whoever asks has one, and each second of each
/// target would set another timer.
caf::result<sample> take_sample(self_ptr self) {
  auto& st = self->state;
  if (!st.agent)
    return ec::agent_away;
  auto reply = self->make_response_promise<sample>();
  self->request(st.agent, caf::infinite, sample_atom_v)
    .then(
      [=](sample& x) mutable {
        auto& here = self->state;
        limit(x);
        here.clocks.move(x, here.context.now(self));
        reply.deliver(std::move(x));
      },
      [=](const caf::error& x) mutable { reply.deliver(x); });
  return reply;
}

template <class... Results, class... Ts>
caf::result<Results...> pass(self_ptr self, const Ts&... xs) {
  if (!self->state.agent)
    return ec::agent_away;
  return self->delegate(self->state.agent, xs...);
}

/// Another process has another clock.
void attach(self_ptr self, const caf::strong_actor_ptr& agent) {
  self->state.agent = caf::actor_cast<target_actor>(agent);
  self->state.clocks = {};
}

} // namespace

remote_target_actor::behavior_type
remote_target(self_ptr self, actor_context context) {
  self->state.context = std::move(context);
  return {
    [self](sample_atom) { return take_sample(self); },
    [self](read_atom x) { return pass<settings>(self, x); },
    [self](write_atom x, const settings& wanted, const lease& until_confirmed) {
      return pass<settings, settings>(self, x, wanted, until_confirmed);
    },
    [self](confirm_atom x) { return pass<settings>(self, x); },
    [self](restore_atom x) { return pass<settings>(self, x); },
    [](figures_atom) {},
    [](expire_atom, uint64_t) {},
    [self](const caf::strong_actor_ptr& agent) { attach(self, agent); },
    [self](lost_atom) { attach(self, nullptr); },
  };
}

} // namespace tuner
