#pragma once

#include "actors/monitor/recorder.hpp"
#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "app/pipeline.hpp"
#include "app/wiring.hpp"

#include <prometheus/registry.h>

#include <string>
#include <vector>

namespace tuner {

/// Traffic that is the same every second.
struct steady_traffic {
  double offered_rps = 0;
  duration latency{};      ///< Of every request.
  double failed_ratio = 0; ///< Of the requests, in [0, 1].
};

/// A host that is played: knobs that remember, traffic as told, on a simulated
/// clock, under a real pipeline. For the demo and for tests.
///
/// With AUTO_TUNER_REHEARSAL=apart in the environment the host has an agent and
/// the pipeline a node, on two actor systems that speak over a loopback port.
class rehearsal {
public:
  /// @param adjust_host may change the host's callbacks.
  explicit rehearsal(
    const config& c, const std::function<void(host&)>& adjust_host = {});
  ~rehearsal();

  rehearsal(const rehearsal&) = delete;
  rehearsal& operator=(const rehearsal&) = delete;

  /// Lets time pass under this traffic, a second at a time.
  void play(duration length, const steady_traffic& traffic);

  /// Asks the pipeline.
  template <class Result, class... Ts>
  caf::expected<Result> ask(const Ts&... what) {
    return tuner::ask<Result>(
      clock_, pipeline_, std::chrono::seconds{10}, what...);
  }

  /// Ends the tuner as a service would.
  void stop();

  /// @returns the value of a metric with exactly these labels in it, as its
  /// line in the exposition shows; nothing if there is no such line.
  std::optional<double> metric(const std::string& series) const;

  /// What the host runs with.
  settings host_runs_with;
  double memory_used_ratio = 0.6;

  /// Every call of a knob's callback, in order.
  std::vector<std::pair<std::string, double>> calls;
  std::vector<std::string> log; ///< Every line.
  /// Called with every line before it is kept. May throw.
  std::function<void(std::string_view line)> on_log;

  runtime& clock() { return clock_; }
  recorder& counts() { return *counts_; }
  const pipeline_parts& parts() const { return parts_; }
  const std::shared_ptr<prometheus::Registry>& registry() { return registry_; }

private:
  host callbacks();
  void meet(const actor_context& context, pipeline_params params);

  std::unique_ptr<runtime> far_; ///< Where the host is, if apart.
  runtime clock_;
  std::shared_ptr<prometheus::Registry> registry_ =
    std::make_shared<prometheus::Registry>();
  std::shared_ptr<recorder> counts_ =
    std::make_shared<recorder>(arrival_times::ignored);
  pipeline_parts parts_;
  target_actor target_;
  pipeline_actor pipeline_;
  node_actor node_; ///< If apart, like the next.
  agent_actor agent_;
  double owed_requests_ = 0; ///< Fractions carried to the next second.
  double owed_failures_ = 0;
};

} // namespace tuner
