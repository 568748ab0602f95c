#pragma once

#include "messages/facts.hpp"
#include "messages/sample.hpp"

#include <deque>
#include <optional>
#include <string>

namespace tuner {

/// What is undone at once, without waiting for a check: a queue that grows
/// without bound, errors, memory over its limit.
///
/// - *Queue*: more wait or are being served than ever in the minute before, and
/// more than would on
///   the old settings, by more than a fifth of the arrivals of the last five
///   seconds, six standard deviations of the queue before and ten; in two
///   of three samples, and rising.
/// - *Errors*: failed ÷ ended over the objective, and over what it was before,
///   by 3.5 standard errors.
/// - *Memory*: more used than the target may, and not so before.
class tripwire {
public:
  /// @param error_ratio_max that the objective allows.
  explicit tripwire(double error_ratio_max)
    : error_ratio_max_(error_ratio_max) {}

  void tolerate_errors(double ratio_max) { error_ratio_max_ = ratio_max; }

  /// Notes a sample, on trial or not.
  void watch(const sample& x);

  /// A trial begins; what was noted so far is before it.
  void begin();

  /// @returns whether so many wait that it matters how many would on the old
  /// settings.
  bool queue_is_long() const;

  /// Call it once after each sample on trial.
  /// @param expected_pending on the old settings.
  /// @returns in words what is wrong, or nothing.
  std::optional<std::string> tripped(reading expected_pending);

  /// @returns whether the queue is about as long as before the change.
  bool queue_is_back() const;

private:
  struct second {
    double arrived = 0;
    double pending = 0; ///< Waiting or being served.
    double completed = 0;
    double failed = 0;
    bool memory_full = false;
  };

  double pending_after(const sample& x, double arrived) const;
  double queue_allowed() const;
  std::optional<std::string> queue_trouble(reading expected_pending);
  std::optional<std::string> error_trouble() const;

  double error_ratio_max_;
  std::deque<second> last_; ///< A minute.
  size_t on_trial_ = 0;     ///< Of these.
  double queue_before_ = 0; ///< Mean.
  double queue_longest_ = 0;
  double queue_spread_ = 0;
  double errors_before_ = 0;
  bool memory_full_before_ = false;
  unsigned long_lately_ = 0; ///< A bit for each of three samples.
};

} // namespace tuner
