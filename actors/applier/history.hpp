#pragma once

#include "messages/facts.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace tuner {

/// The last changes of one target, oldest first, bounded (B2). Appending and
/// undoing the newest cost O(1).
class history {
public:
  /// @param target goes into every event. @param size_max at least 1.
  history(std::string target, size_t size_max);

  /// Starts with what was kept elsewhere, oldest first. @param last_id the
  /// highest ever used.
  void restore(const std::vector<history_event>& events, uint64_t last_id);

  /// @returns whether this is the first call: the target's initial values
  /// have not been told yet.
  bool take_over();
  bool taken_over() const { return taken_over_; }

  /// Has the next `take_over` be the first one again.
  void start_over() { taken_over_ = false; }

  /// The target runs with these for good; empty: as before.
  void confirm(const settings& x) {
    if (!x.empty())
      confirmed_ = x;
  }

  /// @returns what the target was last known to run with for good.
  const settings& confirmed() const { return confirmed_; }

  /// @returns a new id, never used before.
  change_id next_id();

  /// @returns what `next_id` will return.
  change_id coming_id() const { return change_id{last_id_ + 1}; }

  /// Appends `what`; its verdict is open. A rollback marks the change it
  /// undoes, and has no verdict of its own.
  void append(const change& what);

  /// Notes how the trial of a change ended. Unknown ids are ignored.
  void judge(const verdict& how);

  /// @returns the last change that is not undone and not itself a rollback,
  /// or `nullptr`.
  const history_event* last_undoable() const;

  /// @returns up to `steps` such changes, newest first.
  std::vector<change> undoable(size_t steps) const;

  /// @returns the changes that nobody confirmed, newest first: one whose trial
  /// is open, and those cut short before it.
  std::vector<history_event> unconfirmed() const;

  const std::deque<history_event>& events() const { return events_; }

private:
  history_event* find(change_id id);

  std::string target_;
  size_t size_max_;
  uint64_t last_id_ = 0;
  bool taken_over_ = false;
  settings confirmed_;
  std::deque<history_event> events_;
};

/// @returns the rollback of `what` at `now`: its moves reversed.
/// @param why completes "Rollback ... after tuning at <time>", such as "due to
///   performance degradation".
change rollback_of(const change& what, instant now, const std::string& why);

} // namespace tuner
