#pragma once

#include "app/example_host/random.hpp"
#include "config/config.hpp"
#include "messages/time.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace tuner::example {

/// When requests are due, whether or not earlier ones were answered: an open
/// loop. Reads no clock: times count from a start that the caller keeps.
class schedule {
public:
  virtual ~schedule() = default;

  /// @returns when the next request is due, never before the one before it;
  /// nothing if none will be within decades.
  virtual std::optional<duration> next() = 0;
};

/// @returns the momentary rate, in requests per second, of the kinds `poisson`,
/// `sine` (cut off at 0) and `on_off` (on first), `at` seconds after the start.
double rate_at(const load_config& load, double at);

/// Poisson arrivals at the momentary rate, by thinning: candidates come at the
/// highest rate and each is kept with probability rate ÷ highest rate
/// (P. Lewis, G. Shedler, "Simulation of nonhomogeneous Poisson processes by
/// thinning", Naval Research Logistics 26(3), 1979).
class poisson_schedule : public schedule {
public:
  explicit poisson_schedule(const load_config& load);

  std::optional<duration> next() override;

private:
  load_config load_;
  double highest_;
  double at_ = 0; ///< Seconds.
  random_source random_;
};

/// Recorded arrivals, over and over. Between the last of a round and the first
/// of the next lies the mean gap.
class trace_schedule : public schedule {
public:
  /// @param times seconds, ascending from 0, the last above 0.
  /// @param speedup above 0: 2 plays twice as fast.
  trace_schedule(std::vector<double> times, double speedup);

  std::optional<duration> next() override;

private:
  std::vector<double> times_;
  double speedup_;
  double period_;
  double round_start_ = 0;
  size_t next_ = 0;
};

/// @returns the schedule that `load` describes.
/// @throws std::invalid_argument for an unknown kind or a number out of range,
/// trace_error for a trace that cannot be used.
std::unique_ptr<schedule> make_schedule(const load_config& load);

} // namespace tuner::example
