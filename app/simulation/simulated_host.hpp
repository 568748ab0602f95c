#pragma once

#include "app/example_host/zipf.hpp"
#include "app/simulation/load.hpp"
#include "app/simulation/simulated_cache.hpp"

#include <deque>

namespace tuner::simulation {

/// Told what happens in a simulated host, in the order of time (seconds).
class listener {
public:
  virtual ~listener() = default;
  virtual void arrived(double) {}
  /// A request was answered after `latency` seconds.
  virtual void answered(double /*at*/, double /*latency*/) {}
  /// A batch ended that had started while `others` ran.
  virtual void
  served(double /*at*/, size_t /*size*/, size_t /*others*/, double /*took*/) {}
  virtual void looked_up(uint64_t /*key_hash*/, bool /*hit*/) {}
};

/// A batching host as a discrete-event simulation, without any clock of its
/// own: whoever asks says how far time has come. The same seed gives the same
/// history, whatever the settings: arrivals and service have their own random
/// numbers.
///
/// A batch starts when a worker is free and either `batch_size` requests wait
/// or the oldest has waited `batch_timeout_ms`. One of n requests that starts
/// while k others run takes
///   (fixed + per_item n + extra max(0, n - knee)) (1 + contention k)
///   slowdown(t) lognormal(noise),
/// and a hiccup now and then. A cache hit takes no worker. Where memory is
/// over its limit everything takes 1 + 20 times the excess ratio longer.
class simulated_host {
public:
  simulated_host(
    const scenario& from, const recorded_trace& trace, uint64_t seed,
    std::vector<listener*> listeners);

  /// Lets everything happen that happens before `until`, in seconds.
  void advance(double until);

  /// Changes what is named; call `advance` to the moment of the change first.
  void set(const std::string& knob, double value);

  /// Lets batches that start from now on take `factor` times as long, whatever
  /// else slows them down.
  void slow_by(double factor) { slow_by_ = factor; }

  const settings& in_force() const { return in_force_; }
  size_t queue_length() const { return queue_.size(); }
  /// @returns how long the oldest request has waited, in seconds.
  double oldest_wait() const;
  double memory_mb() const;
  reading memory_used_ratio() const; ///< Unknown without a cache.

private:
  struct waiting {
    double since;
    uint64_t key;
  };

  struct batch {
    double ends;
    double took;
    size_t others;
    std::vector<waiting> requests;
  };

  double start_of_next_batch() const;
  void accept();
  void start_batch();
  void end_batch(size_t index);
  double service_seconds(size_t size, size_t others);
  uint64_t key_of(const arrival& x);

  const service_config service_;
  const std::optional<cache_scenario> cache_config_;
  std::vector<listener*> listeners_;
  std::unique_ptr<load> load_;
  example::random_source service_random_;
  example::random_source key_random_;
  std::optional<example::zipf> popularity_;
  simulated_cache cache_{0};
  settings in_force_;
  size_t batch_size_ = 1;
  double timeout_ = 0; ///< Seconds.
  double slow_by_ = 1;
  double now_ = 0;
  arrival next_;
  std::deque<waiting> queue_;
  std::vector<batch> running_;
  std::vector<std::vector<waiting>> spare_; ///< To be used again.
};

} // namespace tuner::simulation
