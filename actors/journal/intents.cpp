#include "actors/journal/intents.hpp"

namespace tuner {

namespace {

using self_ptr = intents_actor::stateful_pointer<intents_state>;

caf::result<change_id> intend(self_ptr self, const change& what) {
  auto& st = self->state;
  try {
    if (!st.store)
      st.store.emplace(st.where);
    st.store->intend(what);
    return what.id;
  } catch (const std::exception& x) {
    st.store.reset();
    return caf::make_error(ec::journal_off, x.what());
  }
}

} // namespace

intents_actor::behavior_type intents(
  self_ptr self, actor_context context, ledger_params where, std::string off) {
  auto& st = self->state;
  st.log = context.log(self, intents_state::name);
  st.where = std::move(where);
  log_exceptions(self, st.log);
  return {
    [self, off = std::move(off)](
      intent_atom, const change& what) -> caf::result<change_id> {
      if (!off.empty())
        return caf::make_error(ec::journal_off, off);
      return self->state.where.file.empty() ? what.id : intend(self, what);
    },
  };
}

} // namespace tuner
