#pragma once

#include "app/commands/served_target.hpp"

#include <vector>

namespace tuner {

/// What the real host is put under.
struct real_load {
  double rate_rps = 0;
  double slo_ms = 0;
};

/// What a host came to, over windows of a second. Other programs disturb the
/// machine for a second or two, and then batches take longer, never less long:
/// the cost is the lower quartile, all else the median. (Of settings that are
/// the same, the best of three looked over 5 % better than a fourth in 38 of
/// 100 draws by medians of 16 windows, in 5 by quartiles of 48.)
struct real_figures {
  double busy_ratio = 0; ///< Time inside batches ÷ time, of its one worker.
  double cpu_ratio = 0;  ///< CPU time of its one worker ÷ time.
  double p95_ms = 0;
  double violation_ratio = 0; ///< Share of windows with a p95 over the SLO.
  double completed_rps = 0;
  double failed_rps = 0;
  double mean_batch = 0;
  double batch_ms = 0; ///< Mean service time of a batch.
};

/// What happened in one window, with a violation ratio of 0 or 1.
using real_windows = std::vector<real_figures>;

/// @returns quartiles and medians, and the mean of the violations.
real_figures summary_of(const real_windows& xs);

/// Adds up the time inside batches of one worker.
class busy_meter : public example::observer {
public:
  struct times {
    double busy = 0; ///< Seconds.
    double cpu = 0;  ///< Seconds.
  };

  void on_batch(const example::batch_report& x) override;

  /// @returns what came together since the last call.
  times take();

private:
  std::atomic<duration::rep> busy_ = 0;
  std::atomic<double> cpu_ = 0; ///< Of the thread, since it began.
  double taken_ = 0;
};

/// The example host with one worker and hardly any cache hits under a Poisson
/// load that is the same for every host, computing for real; tuned by a policy,
/// or not.
class real_host {
public:
  /// @param policy empty: not tuned.
  real_host(
    const real_load& load, const example::host_settings& initial,
    const std::string& policy);

  /// Stops.
  ~real_host();

  /// Lets time pass and forgets what happened.
  void warm_up(duration length);

  /// @returns what happens from now on, in whole windows.
  real_windows measure(duration length);

  example::host_settings settings() const { return server_->settings(); }

  /// @returns how often the tuner turned a knob, to and fro.
  int writes() const { return writes_; }

  /// @returns when it last did, in seconds from the start.
  double last_write_seconds() const { return last_write_seconds_; }

private:
  real_figures next_window(duration length);
  host callbacks();
  void written();

  real_load load_;
  std::chrono::steady_clock::time_point began_;
  std::atomic<int> writes_ = 0;
  std::atomic<double> last_write_seconds_ = 0;
  example::traffic_meter meter_;
  busy_meter busy_;
  std::unique_ptr<auto_tuner> tuner_;
  std::unique_ptr<tuner_feed> feed_;
  std::unique_ptr<example::host> server_;
};

} // namespace tuner
