#pragma once

#include "actors/monitor/window.hpp"
#include "messages/sample.hpp"

#include <optional>
#include <vector>

namespace tuner::climb {

/// What the target did in a stretch of time on unchanged settings.
struct picture {
  double seconds = 0;
  double completed = 0;
  double load_rps = 0; ///< Offered; completed where that is not reported.
  double served_rps = 0;
  double p95_ms = 0;
  double mean_ms = 0;
  double served_ratio = 1; ///< Completed ÷ offered; failed ones are offered.
  reading busy_ms;         ///< Worker or core time per request, where seen.
  reading batch_mean;      ///< Requests per batch, where seen.
  reading batched_rps;     ///< Requests served in batches, where seen.

  /// @returns requests on their way, by Little's law.
  double in_flight() const { return served_rps * mean_ms * 1e-3; }
};

/// A picture and its thirds, so that noise can be told from change.
struct evidence {
  picture all;
  std::vector<picture> parts; ///< Three, oldest first.

  /// @returns the largest p95 of the parts.
  double worst_p95_ms() const;
};

/// The samples since the last change of settings, less what the change itself
/// blurs: the sample it came in the middle of, and a second after it.
class recent {
public:
  void push(const sample& x);

  /// Forgets what was seen, but not the settings.
  void forget() { seen_.clear(); }

  /// @returns the newest 30 s; where requests are rare, up to 5 minutes with
  /// 60 requests in each third; soon after a change what there is, if each
  /// third has 3 s and 60 requests. Nothing if there is less.
  std::optional<evidence> look() const;

  /// @returns the newest samples, of at least this length together; nothing if
  /// there are fewer.
  std::optional<picture> last(double seconds) const;

  const settings& in_force() const { return in_force_; }
  instant now() const { return now_; }
  instant changed_at() const { return changed_at_; } ///< First seen then.

private:
  using run = std::vector<const sample_sum*>;
  static picture merged(run::const_iterator begin, run::const_iterator end);

  sample_ring seen_{std::chrono::minutes{5}};
  settings in_force_;
  instant now_{};
  instant changed_at_{};
};

} // namespace tuner::climb
