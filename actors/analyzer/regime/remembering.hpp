#pragma once

#include "actors/analyzer/policy.hpp"
#include "actors/analyzer/regime/regime_memory.hpp"

#include <memory>

namespace tuner {

/// Lets another policy decide, remembers where it came to rest in each regime
/// of load, and goes there at once when the regime returns (A9).
///
/// Settings are remembered once they have been in force for two minutes of the
/// same regime, met the objective all that time, and were not on trial. They
/// are tried once per visit of a regime, when the load has been in it for two
/// decisions; if the trial fails they are forgotten, and so they are when the
/// other policy leaves them for something cheaper, or urgently. What moved the
/// knobs meanwhile, an urgent change say, ends the visit: the other policy
/// knows better then. A policy that can weigh them itself is asked to do that
/// instead: it knows whether they still fit.
class remembering_policy : public policy {
public:
  remembering_policy(
    std::unique_ptr<policy> other, objective aim,
    std::shared_ptr<regime_memory> memory);

  std::string_view name() const override { return other_->name(); }
  void watch(const sample& x) override;
  decision decide(const observation& seen, const knob_table& knobs) override;
  decision urgent(const knob_table& knobs) override;
  void aim_at(const objective& x) override;
  void judged(const verdict& how) override;
  std::map<std::string, double> figures() const override {
    return other_->figures();
  }
  std::string news() override { return other_->news(); }
  knowledge known() const override { return other_->known(); }
  void take_up(const knowledge& x) override { other_->take_up(x); }

private:
  decision recall(const knob_table& knobs);
  void forget_present(regime where);

  std::unique_ptr<policy> other_;
  objective aim_;
  std::shared_ptr<regime_memory> memory_;
  settings in_force_;
  double rate_rps_ = 0; ///< Averaged over some ten seconds.
  regime here_ = 0;
  double here_seconds_ = 0; ///< In this regime.
  double good_seconds_ = 0; ///< On these settings and well, in this regime.
  bool tried_ = false;      ///< What is remembered, in this visit.
  std::optional<regime> on_trial_;
};

} // namespace tuner
