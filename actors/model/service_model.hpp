#pragma once

#include "actors/model/service_curve.hpp"
#include "actors/model/size_samples.hpp"
#include "messages/sample.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace tuner::model {

/// Service times by batch size, for a host that serves nothing else: a table
/// for simulations. A batch of n that starts beside k others takes
/// `seconds[n] (1 + contention k)` times a lognormal factor of `spread`.
struct service_table {
  std::vector<double> seconds; ///< Index 0 is unused; then sizes 1, 2, ...
  std::vector<size_t> knees;   ///< Sizes above which it gets steeper.
  double contention = 0.1;
  double spread = 0.1;
  size_t smallest_seen = 0; ///< Below it the table is a guess,
  size_t largest_seen = 0;  ///< and beyond this.

  size_t largest() const { return seconds.empty() ? 0 : seconds.size() - 1; }
};

/// Learns how long batches take, from the batches themselves.
///
///   s(n, k) = drift f(n) (1 + c k) e^(spread z)
///
/// f is fitted to the mean times per size (`fit_curve`). c comes from the slope
/// of ln s on k within each size, drawn to 0.1 while little is known. Drift
/// follows the median of what batches take against others of the same size:
/// slowly, or at once when it is out of the noise. Against f it would take an
/// error of f at one size for a change of the host. Each size has a memory of
/// its own, so that no operating point flushes what is known of another.
///
/// It fails where service depends on what is in a batch rather than on how
/// much: that comes out as spread.
class service_model {
public:
  /// Larger batches count as this large.
  static constexpr size_t sizes_max = 512;

  /// Learns from the batches of one sample.
  void learn(const std::vector<batch_record>& batches);

  /// @returns what it takes to go on after a restart.
  service_memory memory() const;

  /// Goes on where another one was, if it has seen nothing itself yet.
  void restore(const service_memory& x);

  /// @returns whether enough is known for a first guess.
  bool ready() const { return total_ >= 20; }

  /// @returns the curve, for sizes a little beyond the largest seen: see
  /// `fit_curve`. At most `sizes_max`.
  service_table table() const;

  /// @returns the same, but beyond `size` as quick as the sizes up to there let
  /// one hope, if that is quicker and not against what batches of a size showed
  /// themselves (less two standard errors): what larger ones might turn out to
  /// be.
  service_table hoped_beyond(size_t size) const;

  /// @returns whether batches of about this size were seen.
  bool knows(size_t size) const;

  /// @returns how much slower the host became since the beginning: 1 is the
  /// same.
  double drift() const;

  /// @returns how often the host changed its speed at once.
  size_t jumps() const { return jumps_; }

private:
  sample_totals long_run_at(size_t size) const;
  void follow_drift(const std::vector<batch_record>& batches);
  void refit();
  std::vector<size_mean> means() const;

  std::map<size_t, size_samples> by_size_;
  size_t total_ = 0;
  double log_drift_ = 0;
  double lately_off_ = 0; ///< Average of ln(s / f) since it last drifted.
  double contention_ = 0.1;
  double spread_ = 0.1;
  size_t jumps_ = 0;
};

} // namespace tuner::model
