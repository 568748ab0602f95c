#pragma once

#include "actors/watchdog/meter.hpp"

#include <deque>
#include <memory>

namespace tuner {

/// For targets that report no latencies: how much they complete, against how
/// much they did on the settings before the change.
///
/// Windows of two seconds, or as long as twenty requests usually take, ten
/// seconds at most, deviate by
///   d = ln(offered / completed), at least 0, where what was offered is known
///   d = -ln(completed per second) where it isn't
/// and that stands for p95 as well as for latency as a whole. Clients that wait
/// for their answers complete the less the longer they wait (Little's law), so
/// the second is the mean latency, but for a constant.
///
/// It fails where clients don't wait and nobody says what they offered: what
/// they complete is what came, a change that only makes them wait shows in
/// nothing, and load that falls by itself looks like harm. That is what a
/// switchback is for.
class rate_meter : public meter {
public:
  void watch(const sample& x) override;
  bool begin(const change& what) override;
  void end(outcome) override { trial_ = false; }
  std::vector<deviation> before() const override;
  std::vector<deviation> between(instant from, instant to) const override;
  bool by_throughput() const override { return true; }
  const char* yardstick() const override {
    return by_offered_ ? "on the old settings, of what was offered"
                       : "on the old settings";
  }

  /// @returns whether the target completes requests and says of none how long
  /// it took.
  bool needed() const { return needed_; }

private:
  /// What is kept of a sample; of several, together.
  struct stretch {
    instant opened_at{};
    instant closed_at{};
    duration length{}; ///< Less than both tell, where samples are missing.
    double completed = 0;
    reading offered;
    std::shared_ptr<const settings> in_force;
  };

  bool was_before(const stretch& x) const;
  deviation deviation_of(const stretch& x) const;
  template <class Wanted>
  std::vector<deviation> deviations(Wanted wanted) const;

  bool needed_ = false;
  std::deque<stretch> samples_;
  bool trial_ = false;
  instant changed_at_{}; ///< The change on trial, like the next.
  settings old_;         ///< Before it.
  bool by_offered_ = false;
  double window_seconds_ = 0;
};

} // namespace tuner
