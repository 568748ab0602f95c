#pragma once

#include "actors/analyzer/climb/back_off.hpp"
#include "actors/analyzer/climb/levers.hpp"
#include "actors/analyzer/climb/recent.hpp"

#include <map>
#include <optional>
#include <string>

namespace tuner::climb {

/// Where to go with a latency objective: which of batch size and timeout is
/// the one that holds requests back, and how far to move it.
///
/// Whichever is reached first starts a batch, and only that one matters: the
/// *binding* one. With p95 = wait + service, and the wait ending at the
/// timeout, the timeout can grow by about the room that is left; multiplying a
/// batch size multiplies p95 by less. Steps up shrink by half each time a knob
/// turns round, and grow again by half while it goes one way.
class steering {
public:
  /// What to bring p95 to, and where it stands.
  struct goal {
    double p95_ms = 0;    ///< To be judged by: the worst of late.
    double outlook = 1;   ///< Factor on it, for the load that may come.
    double target_ms = 0; ///< To lead p95 to.
    double slo_ms = 0;

    double expected_ms() const { return p95_ms * outlook; }
    std::string words() const; ///< How p95 stands.
  };

  /// @returns the step down that brings p95 to the target; nothing if neither
  /// knob can do that.
  std::optional<step>
  down(const levers& at, const picture& seen, const goal& to) const;

  /// @returns the step up that uses the room below the target; nothing if none
  /// is worth it, or where less than half of a batch is under way.
  std::optional<step>
  up(const levers& at, const picture& seen, const goal& to) const;

  /// @returns whether batches start because they are full.
  bool size_binds(const levers& at, const picture& seen) const;

  /// A step of `knob` is being made.
  void note(const std::string& knob, direction where);

  /// @returns whether the last step of `knob` was up.
  bool went_up(const std::string& knob) const;

  /// The timeout was moved up to no effect: the batch size binds.
  void timeout_is_idle(bool x) { timeout_idle_ = x; }

  /// @returns the share of a full step up that `knob` makes.
  double share(const std::string& knob) const;

private:
  struct stride {
    double share = 1;
    std::optional<direction> last;
  };

  std::optional<step>
  size_up(const levers& at, const picture& seen, const goal& to) const;
  std::optional<step>
  timeout_up(const levers& at, const picture& seen, const goal& to) const;

  std::map<std::string, stride> strides_;
  bool timeout_idle_ = false;
};

/// @returns the batch size that suits a load: what comes in half the objective.
double suitable_batch(double load_rps, double slo_ms);

} // namespace tuner::climb
