#include "app/vitals.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>

namespace tuner {

namespace {

using self_ptr = pipeline_actor::stateful_pointer<pipeline_state>;

constexpr duration period_min = std::chrono::seconds{1};
constexpr duration period_max = std::chrono::seconds{10};

void show_state(self_ptr self) {
  auto& p = self->state.params;
  self
    ->request(
      caf::actor_cast<pipeline_actor>(self), p.applier.host_timeout,
      status_atom_v)
    .then(
      [series = p.series](const tuning_status& x) { series->show(x); },
      [series = p.series](const caf::error& x) {
        series->show(tuning_status{tuning_state::degraded, describe(x)});
      });
}

template <class Part>
void show_mailbox(self_ptr self, const char* name, const Part& part) {
  auto& p = self->state.params;
  self->request(part, p.applier.host_timeout, waiting_atom_v)
    .then(
      [series = p.series, name](uint64_t n) { series->show_mailbox(name, n); },
      [](const caf::error&) {}); // It ended: the supervisor knows.
}

} // namespace

void show_vitals(self_ptr self) {
  auto& st = self->state;
  show_state(self);
  st.params.series->show_actors(self->system().registry().running());
  show_mailbox(self, journal_state::name, st.journal);
  if (const auto& parts = *st.parts) {
    show_mailbox(self, monitor_state::name, parts->eyes);
    show_mailbox(self, analyzer_state::name, parts->brain);
    show_mailbox(self, applier_state::name, parts->hand);
    show_mailbox(self, watchdog_state::name, parts->dog);
    show_mailbox(self, metrics_state::name, parts->shower);
  }
  auto period = std::clamp(st.params.monitor.interval, period_min, period_max);
  self->delayed_send(self, period, vitals_atom_v);
}

} // namespace tuner
