#pragma once

#include "bench/judge_cells.hpp"

#include <boost/json/object.hpp>

namespace tuner {

/// How often something happened.
struct share {
  size_t count = 0;
  size_t of = 0;

  double ratio() const {
    return of > 0 ? static_cast<double>(count) / static_cast<double>(of) : 0;
  }
};

/// A range that a share lies in with 95 % confidence.
struct share_range {
  double low = 0;
  double high = 1;
};

/// @returns the interval of E. B. Wilson, "Probable inference, the law of
/// succession, and statistical inference", 1927.
share_range wilson(const share& x);

/// What one judge made of one trial.
struct judged_trial {
  trial_ending ending;
  reading backlog_after_seconds; ///< Only looked at on overload.
  reading true_p95_ratio;        ///< Only of the first trials.

  /// @returns whether the change was undone in time, and not made again for
  ///   good.
  bool undone_within(double seconds) const;

  /// @returns whether it was undone 5 s after a backlog at the latest.
  bool undone_before_backlog_hurts() const;
};

/// What one judge made of all trials of one kind.
struct judge_row {
  trial_traffic traffic;
  trial_truth truth;
  std::string judge;
  std::vector<judged_trial> trials;

  /// @returns how many trials ended like this.
  share ended(outcome how) const;
  share doubted() const;
  share undone_within(double seconds) const;
  share undone_before_backlog_hurts() const;
  double undo_seconds_median() const;
  double verdict_seconds_median() const;
  double true_p95_ratio_median() const;
  double look_ms_p99() const; ///< Of each trial the costliest look.
};

/// @returns the head of the table.
std::string judge_table_head();

/// @returns a row of it, shares in percent.
std::string to_markdown(const judge_row& x);

boost::json::object to_json(const judge_row& x);

/// Something that a judge must reach.
struct judge_bar {
  std::string what;
  size_t kinds = 0;                ///< Kinds of trials that it is asked of.
  std::string worst;               ///< Of these, in words.
  std::vector<std::string> missed; ///< The kinds that miss it, in words.
};

/// @returns each bar that `rows`, all of one judge, say something of.
std::vector<judge_bar> judge_bars(const std::vector<judge_row>& rows);

} // namespace tuner
