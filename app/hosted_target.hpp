#pragma once

#include "actors/targets/callback_target.hpp"
#include "app/engine.hpp"
#include "app/runtime.hpp"

namespace tuner {

/// The target actor of a host in this process, on an actor system of its own.
class hosted_target {
public:
  /// @param link how others reach the actor system; nothing: not at all.
  hosted_target(engine_params& x, const std::optional<link_params>& link = {});

  /// Ends them: end all other actors first. A callback that hangs, by
  /// `tuner.host_timeout_seconds`, is left behind with its thread, and never
  /// called again.
  ~hosted_target();

  hosted_target(const hosted_target&) = delete;
  hosted_target& operator=(const hosted_target&) = delete;

  runtime& where() const { return *runtime_; }
  const actor_context& context() const { return context_; }
  const target_actor& actor() const { return actor_; }

private:
  bool end();

  std::unique_ptr<runtime> runtime_;
  duration end_patience_;
  std::shared_ptr<std::atomic<bool>> closed_ =
    std::make_shared<std::atomic<bool>>(false);
  actor_context context_;
  actor_log log_;
  target_actor actor_;
};

} // namespace tuner
