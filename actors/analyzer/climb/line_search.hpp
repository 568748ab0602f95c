#pragma once

#include "messages/knob.hpp"
#include "messages/time.hpp"

#include <optional>

namespace tuner::climb {

/// Pattern search along one knob whose effect nobody knows (A2): try a step
/// from the best value known; if it is better, go on from there with a larger
/// one (x 1.5); if not, turn round with half of it. When both ways fail with
/// the least step, go back to the best and rest: ten minutes, then twice as
/// long each time nothing better was found.
///
/// It finds a local optimum only, and takes a plateau for one.
class line_search {
public:
  /// Where and how to begin.
  struct start {
    double present = 0; ///< The first best value.
    double sign = 1;    ///< Of the first step.
    double grain = 0;   ///< Smaller steps have no effect that can be seen.
  };

  line_search(const knob_spec& spec, const start& from);

  /// @returns the value to try from here; nothing at rest. Going back to the
  /// best value before a rest is such a value too.
  std::optional<double> next(double present, instant now);

  /// `next` led to `value`, and that is better than the best, or not.
  void tell(double value, bool better, instant now);

  /// @returns whether the search has put the knob there.
  bool knows(double value) const { return value == best_ || value == tried_; }

  double best() const { return best_; }
  bool rests(instant now) const { return now < rest_until_; }

private:
  double first_stride() const;
  double least_stride() const;
  void turn_round(instant now);

  knob_spec spec_;
  double best_;
  double tried_; ///< Last.
  double stride_;
  double sign_;
  double grain_;
  int failures_ = 0;   ///< In a row.
  bool found_ = false; ///< Anything better since the last rest.
  instant rest_until_{};
  duration rest_{};
};

} // namespace tuner::climb
