#include "actors/analyzer/registry.hpp"
#include "actors/watchdog/judge.hpp"
#include "app/simulation/sampler.hpp"
#include "app/simulation/simulated_host.hpp"
#include "bench/bench.hpp"

#include <chrono>
#include <malloc.h>

// What policy `auto` does beside the actors: a simulated host is watched second
// by second and decided on every ten, its changes applied. Only the decision is
// timed. And what judge `auto` takes, in a trial that it may not end.

namespace tuner {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

simulation::scenario steady(double rate_rps) {
  simulation::scenario result;
  result.arrivals.rates = {{0, rate_rps}};
  result.service.workers = 2;
  if (rate_rps > 1000)
    result.service.fixed_ms = result.service.per_item_ms = 0.1;
  result.slo.p95_latency_ms = 60;
  return result;
}

double heap_mb() {
  return static_cast<double>(mallinfo2().uordblks) / 1e6;
}

/// A policy at work on a host.
class watched_host {
public:
  explicit watched_host(double rate_rps) : what_(steady(rate_rps)) {
    policy_params params;
    params.name = "auto";
    params.aim.p95_slo_ms = what_.slo.p95_latency_ms;
    policy_ = make_policy(params);
  }

  /// @returns how long each decision took, in milliseconds.
  std::vector<double> run(int seconds, int between_decisions) {
    std::vector<double> result;
    for (auto end = second_ + seconds; second_ < end;) {
      observe();
      auto wanted = policy_->urgent(knobs_);
      if (wanted.moves.empty() && second_ % between_decisions == 0) {
        observation seen;
        seen.in_force = host_.in_force();
        seen.completed = 1000;
        auto begin = clock::now();
        wanted = policy_->decide(seen, knobs_);
        result.push_back(
          std::chrono::duration<double, std::milli>(clock::now() - begin)
            .count());
      }
      for (const auto& move : wanted.moves) {
        host_.set(move.knob, move.to);
        in_force_since_ = at(second_);
      }
    }
    return result;
  }

  /// Judges a change that moves nothing, after ten minutes.
  /// @returns the time of each look at it, in milliseconds.
  std::vector<double> judge_with(judge& by, double& heap_most_mb) {
    change what;
    what.moves = {{knob::batch_timeout, 50, 50.5, ""}};
    std::vector<double> result;
    for (int i = 0; i < 690; ++i) {
      auto x = next_sample();
      by.watch(x);
      if (i == 600) {
        what.at = x.closed_at;
        by.begin(what);
      }
      if (i <= 600)
        continue;
      observation seen;
      auto begin = clock::now();
      by.look({what, seen, seen, x.closed_at, false, false});
      result.push_back(
        std::chrono::duration<double, std::milli>(clock::now() - begin)
          .count());
      heap_most_mb = std::max(heap_most_mb, heap_mb());
    }
    return result;
  }

private:
  static instant at(int second) {
    return instant{std::chrono::seconds{second}};
  }

  void observe() { policy_->watch(next_sample()); }

  sample next_sample() {
    auto opened = second_++;
    host_.advance(second_);
    auto x = sampler_.take(second_);
    x.opened_at = at(opened);
    x.closed_at = at(second_);
    x.in_force = host_.in_force();
    x.in_force_since = in_force_since_;
    x.queue_length = static_cast<double>(host_.queue_length());
    x.workers = 2;
    return x;
  }

  simulation::scenario what_;
  std::unique_ptr<policy> policy_;
  knob_table knobs_ = standard_knobs({});
  simulation::sampler sampler_;
  simulation::simulated_host host_{what_, nullptr, 1, {&sampler_}};
  instant in_force_since_{};
  int second_ = 0;
};

} // namespace

bench_result bench_decision() {
  bench_result result;
  for (int rate : {100, 500}) {
    watched_host host{static_cast<double>(rate)};
    auto times = host.run(3000, 10);
    auto name = "decision_at_" + std::to_string(rate);
    result.push_back({name + "_p50_ms", quantile(times, 0.50), "ms"});
    result.push_back({name + "_p99_ms", quantile(times, 0.99), "ms"});
  }
  for (int rate : {500, 5000}) {
    watched_host host{static_cast<double>(rate)};
    auto before = heap_mb();
    auto most = before;
    auto times = host.judge_with(*make_judge({}), most);
    auto name = "verdict_at_" + std::to_string(rate);
    result.push_back({name + "_p99_ms", quantile(times, 0.99), "ms"});
    result.push_back({name + "_heap_mb", most - before, "MB"});
  }
  auto before = heap_mb();
  watched_host host{20};
  constexpr int week = 7 * 24 * 3600;
  static_cast<void>(host.run(week, 600));
  result.push_back({"heap_after_a_week_mb", heap_mb() - before, "MB"});
  return result;
}

} // namespace tuner
