#pragma once

#include "actors/watchdog/meter.hpp"
#include "actors/watchdog/moment.hpp"

#include <deque>
#include <memory>

namespace tuner {

/// For targets that report no batches: what p95 and latency as a whole were at
/// the same load, on the settings before the change.
///
/// Windows of the last ten minutes on these settings give a straight line, by
/// least squares,
///   ln p95 = a + b load
/// and what a window is off from it is its deviation. A window whose load is
/// outside 0.9 to 1.1 times the range seen before is no evidence.
class load_meter : public meter {
public:
  void watch(const sample& x) override;
  bool begin(const change& what) override;
  void end(outcome how) override;
  std::vector<deviation> before() const override;
  std::vector<deviation> between(instant from, instant to) const override;
  const char* yardstick() const override {
    return "on the old settings at the same load";
  }

private:
  struct loaded {
    instant opened_at{};
    instant closed_at{};
    double load_rps = 0;
    double log_p95 = 0;
    double log_body = 0;
    std::shared_ptr<const settings> in_force;
  };

  struct line {
    double middle = 0; ///< Mean load.
    double level = 0;
    double slope = 0;
    double at(double load) const { return level + slope * (load - middle); }
  };

  void close_window();
  bool comparable(const loaded& x) const;
  deviation deviation_of(const loaded& x) const;
  line fitted(double loaded::*which) const;

  std::deque<moment> open_; ///< Of the window under way.
  std::deque<loaded> windows_;
  bool trial_ = false;
  settings old_;               ///< Before the change on trial.
  std::vector<loaded> before_; ///< The change on trial.
  line p95_;
  line body_;
  double load_min_ = 0;
  double load_max_ = 0;
};

} // namespace tuner
