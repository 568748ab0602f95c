#pragma once

#include "actors/monitor/sample_sum.hpp"
#include "messages/facts.hpp"
#include "messages/sample.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace tuner {

/// The last samples of a target, from which any window can be put together.
///
/// Samples are pushed as they close. One that closes before it opens, or
/// before the newest one held, is ignored. One that closes more than `keep`
/// before the newest comes from a clock that was set back: it starts afresh.
///
/// What is older than `single_for` is added up to stretches on the same
/// settings of up to a thirtieth of `keep`, so that five minutes of seconds
/// take 30 KB rather than 140: a window that begins or ends there may do so up
/// to a stretch inside of what was asked for.
class sample_ring {
public:
  /// More are never held, however often samples come: over an hour of seconds.
  static constexpr std::size_t samples_max = 4096;

  static constexpr duration single_for = std::chrono::seconds{30};

  /// Forgets samples that closed more than `keep` before the newest one.
  explicit sample_ring(duration keep);

  /// Forgets samples after another time from now on.
  void keep(duration x) { keep_ = x; }

  /// Adds the newest sample.
  void push(const sample& x);

  /// Forgets all samples.
  void clear();

  /// @returns what the target did between two instants on one and the same
  /// settings. Uses the samples that lie wholly in [from, to] and saw no
  /// change of settings in their middle, of these the newest and all those
  /// before it with the same settings in force since the same instant. The
  /// observation opens with the first and closes with the last of them;
  /// without any, it is empty and opens and closes at `to`.
  observation window(instant from, instant to) const;

  /// @returns the window of this length, or less, that ends where the newest
  /// sample closed.
  observation latest(duration length) const;

  /// @returns when the newest sample closed; the epoch without any.
  instant closed_at() const {
    return single_.empty() ? instant{} : single_.back().closed_at;
  }

  /// @returns samples and stretches of them, newest first.
  std::vector<const sample_sum*> newest_first() const;

private:
  void add_up_old();
  bool fits_on(const sample_sum& to, const sample_sum& later) const;

  duration keep_;
  std::deque<sample_sum> stretches_; ///< By `closed_at`, like the next.
  std::deque<sample_sum> single_;    ///< Newer: at least the newest.
};

} // namespace tuner
