#pragma once

#include "messages/facts.hpp"
#include "messages/sample.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace tuner {

/// @returns what the samples saw together: newest first, without gaps, at
/// least one. The settings are those of the newest.
observation merged(const std::vector<const sample*>& newest_first);

/// The last samples of a target, from which any window can be put together.
///
/// Samples are pushed as they close. One that closes before it opens, or
/// before the newest one held, is ignored. One that closes more than `keep`
/// before the newest comes from a clock that was set back: it starts afresh.
class sample_ring {
public:
  /// More samples than this are never held, however often they come: over an
  /// hour of seconds, and typically 7 MB (200 buckets in each sample).
  static constexpr std::size_t samples_max = 4096;

  /// Forgets samples that closed more than `keep` before the newest one.
  explicit sample_ring(duration keep);

  /// Forgets samples after another time from now on.
  void keep(duration x) { keep_ = x; }

  /// Adds the newest sample, without its lists of batches, arrivals and keys.
  void push(sample x);

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
    return samples_.empty() ? instant{} : samples_.back().closed_at;
  }

  /// @returns how many samples are held.
  std::size_t size() const { return samples_.size(); }

private:
  duration keep_;
  std::deque<sample> samples_; ///< By `closed_at`.
};

} // namespace tuner
