#pragma once

#include "actors/analyzer/climb/back_off.hpp"
#include "actors/analyzer/climb/capacity_climb.hpp"
#include "actors/analyzer/climb/crowd.hpp"
#include "actors/analyzer/climb/line_search.hpp"
#include "actors/analyzer/climb/load_trend.hpp"
#include "actors/analyzer/climb/recent.hpp"
#include "actors/analyzer/climb/steering.hpp"
#include "actors/analyzer/climb/trial.hpp"
#include "actors/analyzer/climb/weigh.hpp"
#include "actors/analyzer/policy.hpp"

namespace tuner::climb {

/// Policy `climb` (A6): hill climbing on one knob at a time, for targets of
/// which only latencies and rates are known. Busy time, batches and the queue
/// are used where they are reported.
///
/// *With an objective* it leads the worst p95 of the last three thirds to 95 %
/// of it, by whichever of timeout and batch size binds (`steering`): up when
/// below 91 %, down when above 98.5 %, less where the load grows or was higher
/// of late. A step up that makes a request cost over 1 % more busy time at the
/// same load is taken back. *Without* one it searches timeout and batch size
/// for the least p95 (`line_search`), as it does knobs of role `other` always,
/// once the first two are where they should be.
///
/// *Urgent* are an objective missed by 25 % for 3 s or at all for 10 s (a step
/// down, or the last step up undone), and more requests than are answered
/// (`capacity_climb` on the batch size).
///
/// What fails, by verdict or by its own measure, is off for a while
/// (`back_off`). It finds local optima only, and takes about two minutes a
/// step.
class climb_policy : public policy {
public:
  explicit climb_policy(objective aim);

  void aim_at(const objective& x) override;

  std::string_view name() const override { return "climb"; }
  void watch(const sample& x) override;
  decision decide(const observation& seen, const knob_table& knobs) override;
  decision urgent(const knob_table& knobs) override;
  void judged(const verdict& x) override;
  std::map<std::string, double> figures() const override;

private:
  levers levers_now(const knob_table& knobs) const;
  decision make(const step& x, const std::optional<evidence>& before);
  std::optional<decision>
  conclude(const evidence& here, const knob_table& knobs);
  decision steer(const evidence& here, const knob_table& knobs);
  decision search(const evidence& here, const knob_table& knobs);
  line_search&
  search_of(const knob_spec& knob, double present, const evidence& here);
  std::optional<decision> try_knob(const knob_spec& knob, const evidence& here);
  std::optional<step>
  last_step_undone(double p95_ms, const knob_table& knobs) const;
  decision rescue(const picture& seen, const knob_table& knobs);
  decision relieve(const levers& at, const knob_table& knobs);
  bool crowded(const levers& at, double share) const;
  void fail(const trial& x);
  double anticipated() const;
  double below_peak() const;

  objective aim_;
  recent recent_;
  load_trend load_;
  crowd crowd_;
  capacity_climb capacity_;
  steering steering_;
  back_off back_off_{std::chrono::minutes{5}};
  back_off relief_off_{std::chrono::minutes{1}}; ///< An emergency waits less.
  std::optional<too_small> too_small_;
  std::map<std::string, line_search> searches_;
  std::map<std::string, evidence> bases_; ///< At the best value of a search.
  std::optional<trial> trial_;
  instant acted_at_{};
  int crowded_ = 0; ///< Samples in a row.
  bool not_calm_ = false;
  bool fresh_ = false; ///< A sample came since `urgent` was asked.
};

} // namespace tuner::climb
