#pragma once

#include "actors/context.hpp"
#include "app/link/link_params.hpp"

#include <memory>
#include <optional>

namespace caf {
class actor_system;
} // namespace caf

namespace tuner {

/// Which clock actors live by.
enum class clock_kind : uint8_t {
  real,      ///< Actors run on two threads, idle but for a look around four
             ///< times a second; one actor may block.
  simulated, ///< Actors run only inside `drain` and `advance`, in the caller.
};

/// Held around any use of an actor system by a thread that isn't its own. CAF
/// leaves such a thread a reference to the system, and the system's end waits
/// for it: without this, for as long as the thread lives.
class visit {
public:
  visit() = default;
  ~visit();
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
};

/// An actor system and its clock.
class runtime {
public:
  /// @param link how its actors are reached from other processes; nothing: not
  ///   at all.
  explicit runtime(
    clock_kind kind, const std::optional<link_params>& link = {});
  /// Waits for every actor: end them first.
  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  caf::actor_system& system();

  /// @returns what the actors of one target are given.
  actor_context
  context(std::string target, std::shared_ptr<log_hub> logs) const;

  /// @returns what the clock shows.
  instant now() const;

  /// Simulated: from now on the clock of `other`, which outlives this, goes
  /// with this one, and what the two send each other arrives at once.
  void join(runtime& other);

  /// Simulated: runs what is ready now, and lets no time pass. Real: nothing.
  void drain();

  /// Simulated: lets time pass, stopping at each timer on the way. Real:
  /// nothing.
  void advance(duration length);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tuner
