#pragma once

#include "actors/monitor/recorder.hpp"
#include "actors/targets/callback_target.hpp"
#include "app/ask.hpp"
#include "app/pipeline.hpp"
#include "app/wiring.hpp"

namespace tuner {

/// A pipeline for a host in this process, running on an actor system of its
/// own, from construction to destruction.
class embedded {
public:
  embedded(
    const config& c, const target_config& target, const host& callbacks,
    std::shared_ptr<recorder> counts,
    std::shared_ptr<prometheus::Registry> registry,
    std::shared_ptr<log_hub> logs);

  /// Undoes an unconfirmed change and ends all actors. A callback that hangs
  /// is left behind with its thread, and never called again.
  ~embedded();

  embedded(const embedded&) = delete;
  embedded& operator=(const embedded&) = delete;

  /// Asks the pipeline; every command is answered or times out.
  template <class Result, class... Ts>
  caf::expected<Result> ask(const Ts&... what) {
    return tuner::ask<Result>(*runtime_, pipeline_, patience_, what...);
  }

private:
  bool end_target();

  std::unique_ptr<runtime> runtime_;
  std::shared_ptr<std::atomic<bool>> closed_ =
    std::make_shared<std::atomic<bool>>(false);
  actor_log log_;
  duration patience_; ///< For one command: some reads and writes.
  target_actor target_;
  pipeline_actor pipeline_;
};

} // namespace tuner
