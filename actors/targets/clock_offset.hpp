#pragma once

#include "messages/sample.hpp"

#include <optional>

namespace tuner {

/// Moves the times of another machine's samples to the clock of this one.
///
/// A sample that closed at c there and came in at n here was under way for
/// n − c − offset, which can't be negative: the offset is at most n − c, and
/// the quickest sample tells it best. It is let rise by a thousandth of the
/// time that passes, as clocks drift apart by far less. What it fails to see is
/// a link that is equally slow for good: then samples seem as old as it takes.
class clock_offset {
public:
  /// @param x is moved. @param now when it came in, on this clock.
  void move(sample& x, instant now);

private:
  std::optional<duration> offset_;
  instant last_came_in_{};
  instant last_closed_there_{};
  instant last_closed_here_{};
  instant last_since_there_{};
  instant last_since_here_{};
};

} // namespace tuner
