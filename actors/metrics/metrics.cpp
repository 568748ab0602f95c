#include "actors/metrics/metrics.hpp"

namespace tuner {

metrics_actor::behavior_type metrics(
  metrics_actor::stateful_pointer<metrics_state> self, actor_context context,
  std::shared_ptr<exposition> series) {
  auto& st = self->state;
  st.log = context.log(self, metrics_state::name);
  st.series = std::move(series);
  log_exceptions(self, st.log);
  auto show = [self](const auto& fact) { self->state.series->show(fact); };
  return {
    [=](const observation& x) { show(x); },
    [=](const analysis& x) { show(x); },
    [=](const change& x) { show(x); },
    [=](const verdict& x) { show(x); },
    [self](waiting_atom) { return messages_waiting(self); },
  };
}

} // namespace tuner
