#pragma once

#include "actors/model/service_model.hpp"
#include "actors/model/what_if.hpp"
#include "actors/watchdog/meter.hpp"
#include "actors/watchdog/moment.hpp"

#include <deque>

namespace tuner {

/// Counterfactual replay: the arrivals that really came, served once more on
/// the settings before the change, by a model learned before the change.
///
/// The model is the one of `twin` (`service_model`), its luck what batches of
/// late took against it, hiccups included. The replay starts up to a minute
/// before the change, so what the model is off by shows there, and counts for
/// nothing.
///
/// It fails where the old settings would have made larger batches than were
/// ever seen (`reaches`): the model guesses how long they take. And it takes
/// a host that slows down at the moment of the change for a change that slows
/// it: that is what a switchback is for.
class replay_meter : public meter {
public:
  void watch(const sample& x) override;
  bool begin(const change& what) override;
  void end(outcome how) override;
  std::vector<deviation> before() const override { return before_; }
  std::vector<deviation> between(instant from, instant to) const override;
  reading expected_pending() const override;
  reading expected_served(instant from, instant to) const override;
  reading cost_ratio(instant from, instant to) const override;
  std::map<std::string, double>
  p95_ratio_by_knob(const change& what) const override;
  void rest() override;
  const char* yardstick() const override {
    return "on the old settings with the same traffic";
  }

  /// @returns whether batches and arrivals were reported, enough for a model.
  bool ready() const { return model_.ready(); }

private:
  /// A batch before the trial.
  struct past_batch {
    float service_ms;
    uint16_t size;
    uint16_t others_running;
  };

  struct replay {
    std::vector<double> arrivals; ///< Seconds after `began_at_`.
    model::replayed went;
    instant from{}; ///< Earlier requests are left out.
  };

  const replay& replayed() const;
  std::deque<moment>::const_iterator first_replayed() const;
  std::vector<const moment*> moments_in(instant from, instant to) const;
  void forget_old();
  void find_old_settings(const change& what);
  void find_beginning();
  void gather_luck();
  deviation deviation_of(
    const moment* const* begin, const moment* const* end,
    std::vector<float>& expected) const;
  double busy_expected(instant from, instant to) const;

  model::service_model model_;
  instant other_host_until_{}; ///< It changed its speed at once.
  std::deque<moment> moments_;
  std::deque<past_batch> batches_; ///< The last ones not on trial.
  std::deque<std::vector<batch_record>> on_trial_; ///< Not learned yet.
  double batched_share_ = 1;
  size_t workers_ = 1;

  bool trial_ = false;
  instant began_at_{};   ///< Of the replay.
  instant old_until_{};  ///< The old settings were last seen then.
  instant changed_at_{}; ///< The change on trial.
  settings old_settings_;
  model::batching old_;
  model::service_table table_; ///< As it was before the change.
  double share_ = 1;           ///< The same.
  bool cache_moves_ = false;   ///< By the change.
  std::vector<double> luck_;
  std::vector<deviation> before_;
  mutable replay last_;
  mutable bool stale_ = true;
};

} // namespace tuner
