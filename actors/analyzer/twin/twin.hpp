#pragma once

#include "actors/analyzer/policy.hpp"
#include "actors/analyzer/twin/calibration.hpp"
#include "actors/analyzer/twin/course.hpp"

#include <optional>

namespace tuner::twin {

/// Policy `twin` (A5): a model of the target, learned from its own batches and
/// arrivals, on which candidates are tried before the target is.
///
/// Normal decisions look for the cheapest settings that meet the objective now,
/// at the recent peak and low and in between, and move there if that is worth
/// it: when the present settings are about to miss the objective, or when the
/// gain of one candidate is at least 0.8 %, and more the more was changed
/// lately and the further it goes, twice running, or once 15 %; without an
/// objective, 5 % of the cost where p95 gains less than 2 %.
/// Urgent ones come when the objective is being missed: *drain* picks what
/// empties the queue soonest, or settings that last where these do so in
/// seconds, *probe* a size next to the present one if the queue grows all the
/// same, *rescue* what the model expects to meet the objective, its error
/// corrected by what was just measured. The settings found at the start get a
/// *first look*, those that a change led to a *second* one, earlier than a
/// normal decision; after an urgent change that goes on until the next normal
/// one, for what it was made for may be over.
///
/// It fails where the p95 is not made by batching and queueing. Then its
/// prediction error grows, which widens its margin first; beyond 0.25 it says
/// so by `trusted`.
class twin_policy : public policy {
public:
  explicit twin_policy(objective aim);

  std::string_view name() const override { return "twin"; }
  void aim_at(const objective& x) override { aim_ = x; }
  void watch(const sample& x) override;
  decision decide(const observation& seen, const knob_table& knobs) override;
  decision urgent(const knob_table& knobs) override;
  bool weighs(const settings& x) override;
  std::map<std::string, double> figures() const override;
  knowledge known() const override;
  void take_up(const knowledge& x) override;

  /// @returns whether the target reports batches, and predictions hold.
  bool trusted() const;

private:
  situation look(const knob_table& knobs) const;
  void note_change(const sample& x);
  void note_courses(bool own);
  histogram last_seconds() const;
  bool resting() const;
  bool backlog_of(const situation& here) const;
  bool objective_missed(const situation& here);
  bool promising(const plan& x) const;
  std::optional<weighed> way_out(
    const plan& x, const situation& here,
    const std::optional<weighed>& challenger);
  std::optional<weighed> improvement(
    const plan& x, const situation& here,
    const std::optional<weighed>& challenger);
  double
  gain(const weighed& x, const weighed& current, const situation& here) const;
  decision move(
    const plan& x, const weighed& to, std::string why, const knob_table& knobs);
  weighed
  probe(const situation& here, const service_table& table, weighed otherwise);
  double unexplained(const weighed& current, const situation& here) const;
  bool over(const situation& here) const;
  decision drain(
    planner& planning, const plan& x, const situation& here,
    const service_table& table, const knob_table& knobs);
  decision rescue(situation here, const knob_table& knobs);
  decision quick_look(const situation& here, const knob_table& knobs);
  double oldest_wait() const;

  /// @returns how much less settings must miss an objective that none meets,
  /// for a normal decision. At first a fifth: most bursts are over before it
  /// helps.
  double helpful() const { return infeasible_in_a_row_ >= 3 ? 0.9 : 0.8; }

  objective aim_;
  const std::vector<double>& normal_; ///< The same for all targets.
  service_model model_;
  traffic traffic_;
  calibration calibration_;
  settings in_force_;
  instant now_{};
  instant started_at_{};              ///< Of the first sample.
  std::optional<instant> changed_at_; ///< Start of these settings, if seen.
  bool look_due_ = true;              ///< Quickly, at settings that are new.
  std::vector<knob_move> proposed_;
  course size_course_;
  course timeout_course_;
  bool rescued_ = false;        ///< By what was proposed last.
  std::deque<instant> changes_; ///< Of the last five minutes.
  double batched_share_ = 1;    ///< Of the offered requests.
  double queue_length_ = 0;
  std::deque<std::pair<std::vector<bucket_count>, double>> last_; ///< 2 s.
  size_t workers_ = 1;
  bool step_done_ = false; ///< A 2 s step ended with the last sample.
  bool draining_ = false;  ///< Of what waited longer than the objective.
  double last_queue_ = 0;  ///< At the last drain.
  bool probes_down_ = false;
  int infeasible_in_a_row_ = 0;
  std::optional<batching> challenger_; ///< Won the last decision.
};

} // namespace tuner::twin
