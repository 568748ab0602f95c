#pragma once

#include "messages/sample.hpp"

#include <deque>

namespace tuner::climb {

/// How many requests wait, and whether that gets better: from the queue length
/// where it is reported, else from what was offered and not answered. Knows
/// nothing where neither is reported.
class crowd {
public:
  void push(const sample& x);

  /// @returns how long the last to come will wait at the present speed, in
  /// seconds; 0 where nothing is known.
  double wait_seconds() const;

  /// @returns whether what waits will be gone within ten seconds.
  bool clearing() const;

  double waiting() const { return seen_.empty() ? 0 : seen_.back().waiting; }

  /// @returns requests answered per second in the last three samples.
  double served_rps() const;

  /// @returns requests offered per second in the last three samples; answered
  /// ones where that is not reported.
  double offered_rps() const;

private:
  struct step {
    double seconds = 0;
    double completed = 0;
    double offered = 0;
    double waiting = 0;
  };

  double per_second(double step::*what) const;

  std::deque<step> seen_;
  double unanswered_ = 0;
};

} // namespace tuner::climb
