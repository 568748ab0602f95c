#include "app/simulation/simulation.hpp"

#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "app/pipeline.hpp"
#include "app/simulation/sampler.hpp"
#include "app/wiring.hpp"

#include <caf/actor_system.hpp>
#include <prometheus/registry.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tuner::simulation {

namespace {

/// No scenario makes so many.
constexpr uint64_t decisions_max = 100'000;

config config_of(const scenario& what) {
  config result;
  result.tuner = what.tuner;
  auto& t = result.tuner;
  t.enabled = true;
  t.slo = what.slo;
  t.history_size = decisions_max;
  if (!what.scripted.empty())
    t.policy = "hold";
  result.batcher = {what.initial.batch_size, what.initial.batch_timeout_ms};
  result.cache = {what.initial.cache_size_mb};
  return result;
}

/// The host, its tuner and their clock.
class stage {
public:
  stage(
    const scenario& what, const recorded_trace& trace, bool keep_log,
    listener* also)
    : meter_(what.slo.p95_latency_ms),
      host_(what, trace, what.seed, listeners(also)),
      workers_(what.service.workers) {
    auto c = config_of(what);
    if (auto why = problem_with(c); !why.empty())
      throw std::invalid_argument{why};
    auto params = wire(c, {});
    auto context = clock_.context("", logs(keep_log));
    target_ = clock_.system().spawn(
      callback_target, context,
      callback_target_params{callbacks(), params.analyzer.knobs, [this] {
                               host_.advance(now());
                               return sampler_.take(now());
                             }});
    params.target = target_;
    params.series = std::make_shared<exposition>(
      std::make_shared<prometheus::Registry>(), "", params.analyzer.knobs);
    policy_ = params.analyzer.policy.name;
    judge_ = params.watchdog.judge.name;
    pipeline_ = clock_.system().spawn(pipeline, context, std::move(params));
    clock_.drain();
  }

  ~stage() {
    for (auto x :
         {caf::actor_cast<caf::actor>(pipeline_),
          caf::actor_cast<caf::actor>(target_)})
      caf::anon_send_exit(x, caf::exit_reason::kill);
    pipeline_ = nullptr;
    target_ = nullptr;
    clock_.drain();
  }

  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  /// Plays up to `end_seconds`.
  void play_to(double end_seconds) {
    // Counted in nanoseconds, so that the clock reaches the end exactly.
    auto end = from_seconds(end_seconds);
    for (auto at = clock_.now() - instant{}; at < end;) {
      auto second =
        std::chrono::floor<std::chrono::seconds>(at) + std::chrono::seconds{1};
      auto stop = std::min<duration>(second, end);
      clock_.advance(stop - std::exchange(at, stop));
      host_.advance(seconds(stop));
      if (stop == second)
        meter_.tick(static_cast<uint64_t>(second.count()), host_);
    }
  }

  void apply(const settings& wanted) {
    proposal asked;
    asked.reason = "scripted";
    for (const auto& [knob, value] : wanted)
      asked.moves.push_back({knob, value, value, asked.reason});
    auto applied = ask<change>(
      clock_, pipeline_, std::chrono::seconds{10}, apply_atom_v, asked);
    if (!applied)
      refused_.push_back(
        "scripted change at " + format_number(now(), 9) + " s to "
        + to_string(wanted) + ": " + describe(applied.error()));
  }

  simulation_result result(double duration_seconds) {
    simulation_result x;
    x.policy = policy_;
    x.judge = judge_;
    x.figures = meter_.result(duration_seconds);
    x.final_settings = host_.in_force();
    x.refused = std::move(refused_);
    x.log = std::move(log_);
    auto events = ask<std::vector<history_event>>(
      clock_, pipeline_, std::chrono::seconds{10}, history_atom_v);
    if (!events)
      throw std::runtime_error{"no history: " + describe(events.error())};
    add_decisions(x, *events);
    return x;
  }

private:
  std::vector<listener*> listeners(listener* also) {
    std::vector<listener*> result{&sampler_, &meter_};
    if (also)
      result.push_back(also);
    return result;
  }

  double now() const { return seconds(clock_.now() - instant{}); }

  std::shared_ptr<log_hub> logs(bool keep) {
    log_params params;
    params.level = keep ? "info" : "off";
    return std::make_shared<log_hub>(
      params, [this] { return clock_.now(); },
      [this](std::string_view line) { log_.emplace_back(line); });
  }

  tuner::host callbacks() {
    tuner::host result;
    for (const auto& [knob, value] : host_.in_force())
      result.on(
        knob,
        [this, name = knob](double v) {
          host_.advance(now());
          host_.set(name, v);
        },
        [this, name = knob] { return host_.in_force().at(name); });
    result.queue_length([this] {
      host_.advance(now());
      return static_cast<double>(host_.queue_length());
    });
    result.memory_mib([this] { return host_.memory_mb(); });
    if (host_.memory_used_ratio())
      result.memory_used_ratio([this] { return *host_.memory_used_ratio(); });
    return result.workers(workers_);
  }

  static double second_of(instant x) { return seconds(x - instant{}); }

  static void add_decisions(
    simulation_result& x, const std::vector<history_event>& events) {
    for (const auto& event : events) {
      auto at = second_of(event.what.at);
      if (event.what.kind == change_kind::rollback) {
        ++x.rollbacks;
        for (auto& earlier : x.decisions)
          if (earlier.what.id == event.what.id && !earlier.undone_at)
            earlier.undone_at = at;
      } else if (event.what.kind == change_kind::tuning) {
        x.inconclusive += event.judged.result == outcome::inconclusive;
        x.decisions.push_back(
          {static_cast<uint64_t>(event.what.id),
           at,
           event.what,
           event.judged,
           second_of(event.judged.at),
           {}});
      }
      x.converged_at_seconds = at;
    }
  }

  runtime clock_{clock_kind::simulated};
  sampler sampler_;
  run_meter meter_;
  simulated_host host_;
  unsigned workers_;
  std::vector<std::string> log_;
  std::vector<std::string> refused_;
  std::string policy_;
  std::string judge_;
  target_actor target_;
  pipeline_actor pipeline_;
};

} // namespace

simulation_result simulate(
  const scenario& what, const recorded_trace& trace, bool keep_log,
  listener* also) {
  stage here{what, trace, keep_log, also};
  for (const auto& [at, wanted] : what.scripted)
    if (at < what.duration_seconds) {
      here.play_to(at);
      here.apply(wanted);
    }
  here.play_to(what.duration_seconds);
  return here.result(what.duration_seconds);
}

} // namespace tuner::simulation
