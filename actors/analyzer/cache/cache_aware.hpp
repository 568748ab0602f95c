#pragma once

#include "actors/analyzer/cache/cache_sizer.hpp"
#include "actors/analyzer/policy.hpp"

#include <memory>

namespace tuner {

/// Lets another policy see to everything but the cache, and sizes that (A8):
/// memory pressure before anything else, the rest when the other one holds, so
/// that each change has one cause.
class cache_aware_policy : public policy {
public:
  cache_aware_policy(std::unique_ptr<policy> other, objective aim);

  std::string_view name() const override { return other_->name(); }
  void watch(const sample& x) override;
  decision decide(const observation& seen, const knob_table& knobs) override;
  decision urgent(const knob_table& knobs) override;
  void aim_at(const objective& x) override;
  void judged(const verdict& how) override { other_->judged(how); }
  std::map<std::string, double> figures() const override {
    return other_->figures();
  }
  std::string news() override { return other_->news(); }
  knowledge known() const override;
  void take_up(const knowledge& x) override;

private:
  const knob_spec* sized(const knob_table& knobs);
  decision resize(const cache_proposal& x, const knob_spec& spec) const;
  duration refill_after(const cache_proposal& x) const;

  std::unique_ptr<policy> other_;
  objective aim_;
  cache_sizer sizer_;
  double busy_ = 0;    ///< Seconds of batches, faded; like the next.
  double batched_ = 0; ///< Requests in them.
};

} // namespace tuner
