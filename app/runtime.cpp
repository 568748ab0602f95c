#include "app/runtime.hpp"

#include "app/link/guarded_middleman.hpp"
#include "messages/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/logger.hpp>
#include <caf/scheduler/test_coordinator.hpp>

namespace tuner {

namespace {

/// One may be stuck in a callback of the host; the other carries on. A thread
/// of the target's own would do that too, but waking it up for each message
/// takes longer than all the rest of a decision.
constexpr size_t threads = 2;

/// How often a thread without work looks for work that waits behind a stuck
/// callback. Nothing else waits for it: new work wakes a thread.
constexpr caf::timespan rescue_period = std::chrono::milliseconds{250};

struct system_config : linked_system_config {
  system_config(clock_kind kind, const std::optional<link_params>& link_by) {
    add_message_types<caf::id_block::tuner>();
    if (link_by)
      connect_by(*link_by);
    if (link_by && kind == clock_kind::simulated) {
      // The network too only runs inside `drain` and `advance`.
      set("middleman.manual-multiplexing", true);
      set("middleman.attach-utility-actors", true);
      set("middleman.workers", size_t{0});
    }
    set(
      "scheduler.policy",
      kind == clock_kind::real ? caf::atom("stealing") : caf::atom("testing"));
    // Stealing, one actor wakes up the next on its own thread, where sharing
    // wakes up another thread for each message. By default it would poll.
    set("work-stealing.aggressive-poll-attempts", size_t{1});
    set("work-stealing.moderate-poll-attempts", size_t{0});
    set("work-stealing.relaxed-steal-interval", size_t{1});
    set("work-stealing.relaxed-sleep-duration", rescue_period);
    set("scheduler.max-threads", threads);
  }
};

} // namespace

visit::~visit() {
  caf::logger::set_current_actor_system(nullptr);
}

struct runtime::impl {
  impl(clock_kind kind, const std::optional<link_params>& link)
    : config(kind, link), system(config) {
    if (kind == clock_kind::simulated)
      simulated =
        dynamic_cast<caf::scheduler::test_coordinator*>(&system.scheduler());
    else
      epoch = instant{std::chrono::system_clock::now()};
    epoch_steady = system.clock().now();
  }

  /// Runs one job, or reads what came over the network.
  /// @returns whether there was anything.
  bool run_once() {
    return simulated->try_run_once()
      || (system.has_middleman()
          && system.middleman().backend().try_run_once());
  }

  /// @returns how long until its next timer, `most` at most.
  duration next_timer(duration most) const {
    const auto& timers = simulated->clock().schedule();
    if (timers.empty())
      return most;
    auto left = timers.begin()->first - simulated->clock().now();
    return std::clamp<duration>(left, duration{0}, most);
  }

  system_config config;
  caf::actor_system system;
  caf::scheduler::test_coordinator* simulated = nullptr;
  instant epoch{};
  caf::actor_clock::time_point epoch_steady{};
  std::vector<impl*> together{this}; ///< Those whose clock this one moves.
};

runtime::runtime(clock_kind kind, const std::optional<link_params>& link)
  : impl_(std::make_unique<impl>(kind, link)) {}

runtime::~runtime() {
  drain();
}

caf::actor_system& runtime::system() {
  return impl_->system;
}

actor_context
runtime::context(std::string target, std::shared_ptr<log_hub> logs) const {
  return {
    std::move(target), std::move(logs), impl_->epoch, impl_->epoch_steady};
}

instant runtime::now() const {
  return impl_->epoch + (impl_->system.clock().now() - impl_->epoch_steady);
}

void runtime::join(runtime& other) {
  impl_->together.push_back(other.impl_.get());
}

void runtime::drain() {
  if (!impl_->simulated)
    return;
  for (bool busy = true; busy;) {
    busy = false;
    for (auto* x : impl_->together)
      while (x->run_once())
        busy = true;
  }
}

void runtime::advance(duration length) {
  if (!impl_->simulated)
    return;
  drain();
  while (length > duration{0}) {
    auto step = length;
    for (const auto* x : impl_->together)
      step = x->next_timer(step);
    for (auto* x : impl_->together)
      x->simulated->clock().advance_time(step);
    length -= step;
    drain();
  }
}

} // namespace tuner
