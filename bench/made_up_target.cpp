#include "bench/made_up_target.hpp"

#include "actors/monitor/histogram.hpp"

#include <cmath>
#include <map>

namespace tuner {

namespace {

using self_ptr = target_actor::stateful_pointer<made_up_target_state>;

constexpr double rate_rps = 200;

sample made_up_sample(made_up_target_state& st, instant now) {
  sample x;
  x.opened_at = std::exchange(st.closed_at, now);
  x.closed_at = now;
  auto length = seconds(x.closed_at - x.opened_at);
  std::exponential_distribution<double> gap{rate_rps};
  std::normal_distribution<double> noise;
  auto size_max = st.in_force.at(knob::batch_size);
  auto timeout_ms = st.in_force.at(knob::batch_timeout);
  std::map<uint16_t, uint32_t> latencies;
  double first = 0; // Arrival of the first one in the batch.
  uint32_t waiting = 0;
  auto serve = [&](double at) {
    auto ms = (10 + waiting) * std::exp(0.08 * noise(st.random));
    x.batch_records.push_back({waiting, 0, static_cast<float>(ms)});
    for (uint32_t i = 0; i < waiting; ++i) {
      auto waited = (at - first) * (waiting - i) / waiting;
      ++latencies[bucket_of(static_cast<uint64_t>(1e9 * waited + 1e6 * ms))];
    }
    x.completed += waiting;
    x.batched_requests += waiting;
    x.busy += from_milliseconds(ms);
    ++x.batches;
    waiting = 0;
  };
  uint64_t offered = 0;
  for (auto at = gap(st.random); at < length; at += gap(st.random)) {
    if (waiting > 0 && at - first > 1e-3 * timeout_ms)
      serve(first + 1e-3 * timeout_ms);
    if (waiting++ == 0)
      first = at;
    ++offered;
    if (x.arrivals_us.size() < arrivals_max)
      x.arrivals_us.push_back(static_cast<uint32_t>(1e6 * at));
    if (waiting >= size_max)
      serve(at);
  }
  if (waiting > 0)
    serve(length);
  x.arrivals_until = x.closed_at - x.opened_at;
  x.offered = static_cast<double>(offered);
  for (auto [bucket, count] : latencies)
    x.latencies.push_back({bucket, count});
  x.workers = 1;
  x.queue_length = 0;
  x.memory_used_ratio = 0.6;
  x.memory_mib = 512;
  x.in_force = st.in_force;
  return x;
}

} // namespace

knob_table made_up_knobs() {
  knob_table result = standard_knobs({32, 50, 256});
  result.knobs.pop_back();
  return result;
}

target_actor::behavior_type
made_up_target(self_ptr self, actor_context context, uint64_t seed) {
  auto& st = self->state;
  st.context = std::move(context);
  st.random.seed(seed);
  st.in_force = made_up_knobs().initial();
  st.closed_at = st.context.now(self);
  return {
    [self](sample_atom) {
      auto& here = self->state;
      return made_up_sample(here, here.context.now(self));
    },
    [self](read_atom) { return self->state.in_force; },
    [self](write_atom, const settings& wanted, const lease&)
      -> caf::result<settings, settings> {
      auto before = self->state.in_force;
      for (const auto& [knob, value] : wanted)
        self->state.in_force[knob] = value;
      return {before, self->state.in_force};
    },
    [self](confirm_atom) { return self->state.in_force; },
    [self](restore_atom) { return self->state.in_force; },
    [](figures_atom) {},
    [](expire_atom, uint64_t) {},
  };
}

} // namespace tuner
