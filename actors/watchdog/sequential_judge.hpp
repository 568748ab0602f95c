#pragma once

#include "actors/watchdog/judge.hpp"
#include "actors/watchdog/load_meter.hpp"
#include "actors/watchdog/rate_meter.hpp"
#include "actors/watchdog/replay_meter.hpp"
#include "actors/watchdog/tripwire.hpp"

namespace tuner {

/// Compares like with like, looks often and asks twice: judge `replay`, judge
/// `load_normalised`, and `auto`, which is `replay` where batches are reported
/// and goes by throughput where latencies are not.
///
/// *Looks* (A). Latency on the new settings against what the old ones would
/// have shown (`meter`): at 3, 4, 5, 6, 8, ... 90 seconds after the change, and
/// at each scheduled check. It is suspect when `effect` says so, and with an
/// objective if that is missed too, or if the target became dearer as well:
/// latency within the objective is what a cheaper setting is paid with. It is
/// kept at a scheduled check if harm can be ruled out. A *tripwire* is looked
/// at after each sample.
///
/// *Switchback* (A-B-A). What is suspect might be the host's own doing. So the
/// old settings come back, the queue is drained, and they are looked at for
/// eight seconds (B). Then the new settings are tried again for seven seconds
/// (C). If latency was better in B, they are blamed if it gets worse again by
/// more than half. If it was not, the host is to blame, and the trial goes on
/// from there: against B. After the tripwire C is left out.
class sequential_judge : public judge {
public:
  explicit sequential_judge(judge_params params);

  std::string_view name() const override { return params_.name; }
  void retune(const judge_params& p) override;
  void watch(const sample& x) override;
  void begin(const change& what) override;
  void moved(instant at) override;
  void end(outcome how) override;
  std::optional<verdict> consider(const trial_view& x) const override;
  std::optional<verdict> look(const trial_view& x) override;

private:
  enum class phase { idle, trying, draining, looking_back, trying_again };

  /// What is wrong with the new settings.
  struct doubt {
    std::string why;
    bool tripped = false;
    double worse = 0; ///< Logarithm: by so much.
    /// What shows it best: p95, or latency as a whole.
    estimate effect::*by = &effect::p95;
  };

  std::optional<verdict> look_by_phase(const trial_view& x);
  bool time_to_look(const trial_view& x);
  effect measured(const trial_view& x) const;
  std::vector<deviation> yardstick() const;
  std::optional<doubt> doubted(const trial_view& x, const effect& seen) const;
  std::optional<verdict> look_at_new(const trial_view& x);
  std::optional<verdict> look_at_old(const trial_view& x);
  std::optional<verdict> look_again(const trial_view& x);
  std::optional<verdict> suspect(const trial_view& x, doubt why);
  std::optional<verdict>
  keep_if_harmless(const trial_view& x, const effect& seen) const;
  verdict conclude(
    const trial_view& x, outcome how, std::string why,
    const effect& seen) const;
  std::string in_words(const effect& seen) const;
  double tolerated() const;
  bool by_throughput() const { return by_ != nullptr && by_->by_throughput(); }
  const char* measured_by() const {
    return by_throughput() ? "throughput" : "p95";
  }
  /// @returns harm as what was measured shows it: throughput falls.
  double shown(double harm) const { return by_throughput() ? -harm : harm; }
  reading p95_objective() const;

  judge_params params_;
  replay_meter replay_;
  load_meter load_;
  rate_meter rates_;
  tripwire wire_;
  meter* by_ = nullptr; ///< Of the trial under way.
  bool measurable_ = false;
  change what_;
  phase doing_ = phase::idle;
  instant from_{};      ///< Of the new settings, as far as they count.
  instant moved_at_{};  ///< Of the last switch.
  instant look_from_{}; ///< Of the old settings, drained.
  doubt doubt_;
  double back_worse_ = 0; ///< The same on the old settings.
  std::optional<std::vector<deviation>> rebased_; ///< What B showed, if the
                                                  ///< host is to blame.
  bool cleared_ = false;                          ///< By a switchback.
  instant checked_at_{};                          ///< Last scheduled check.
  double looked_at_ = 0;                          ///< Seconds after `from_`.
};

} // namespace tuner
