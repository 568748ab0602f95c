#pragma once

#include "actors/watchdog/judge.hpp"
#include "messages/membership.hpp"

namespace tuner {

/// A judge that knows how hosts without the change fare meanwhile, where
/// someone tells it. What it is made of judges; it overrules only
/// - a rollback, where the others got worse by half as much or more, and what
///   is left is tolerated: nobody is blamed then (inconclusive);
/// - a keep, where the host got worse than the others by more than is
///   tolerated, and surely by more than a little: harm that a load which fell
///   meanwhile had hidden.
/// Switchbacks are left alone: their own comparison is closer. Without figures
/// of peers, or with such as are older than five seconds, it is the inner
/// judge.
class peer_judge final : public judge {
public:
  /// @param params name the inner judge; it must be known.
  explicit peer_judge(const judge_params& params);

  /// Notes how the change on trial compares with hosts that did not change.
  void compare(const peer_comparison& x) { peers_ = x; }

  std::string_view name() const override { return inner_->name(); }
  void watch(const sample& x) override { inner_->watch(x); }
  void retune(const judge_params& x) override;
  void begin(const change& what) override;
  void moved(instant at) override { inner_->moved(at); }
  void end(outcome how) override { inner_->end(how); }
  std::optional<verdict> consider(const trial_view& x) const override;
  std::optional<verdict> look(const trial_view& x) override;

private:
  std::optional<verdict>
  weigh(const trial_view& x, std::optional<verdict> inner) const;

  judge_params params_;
  std::unique_ptr<judge> inner_;
  std::optional<peer_comparison> peers_; ///< Of this trial.
};

} // namespace tuner
