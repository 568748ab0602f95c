#include "actors/analyzer/automatic.hpp"

namespace tuner {

namespace {

/// So long a target has to show whether it reports batches.
constexpr double trial_seconds = 20;
/// So long predictions must be off, or on again, before the other one decides.
constexpr double hand_over_seconds = 60;
constexpr double take_back_seconds = 300;

} // namespace

automatic_policy::automatic_policy(
  std::unique_ptr<policy> modelled, std::function<bool()> trusted,
  std::unique_ptr<policy> black_box)
  : modelled_(std::move(modelled)), trusted_(std::move(trusted)),
    black_box_(std::move(black_box)) {}

policy& automatic_policy::active() const {
  return chosen_ == choice::black_box ? *black_box_ : *modelled_;
}

void automatic_policy::watch(const sample& x) {
  modelled_->watch(x);
  choose(x);
  if (chosen_ != choice::modelled || distrusted_seconds_ > 0)
    black_box_->watch(x);
}

void automatic_policy::choose(const sample& x) {
  auto length = seconds(x.closed_at - x.opened_at);
  if (!(length > 0))
    return;
  reports_batches_ = reports_batches_ || !x.batch_records.empty();
  seconds_ += x.completed > 0 ? length : 0;
  auto trusted = reports_batches_ && trusted_();
  trusted_seconds_ = trusted ? trusted_seconds_ + length : 0;
  distrusted_seconds_ = trusted ? 0 : distrusted_seconds_ + length;
  auto decides = [&](choice x_, const policy& who, const std::string& why) {
    chosen_ = x_;
    news_ = "policy " + std::string{who.name()} + " decides: " + why;
  };
  switch (chosen_) {
  case choice::none:
    if (trusted)
      decides(
        choice::modelled, *modelled_,
        "the target reports its batches, so it can be modelled");
    else if (!reports_batches_ && seconds_ >= trial_seconds)
      decides(
        choice::black_box, *black_box_,
        "the target does not report its batches");
    break;
  case choice::modelled:
    if (distrusted_seconds_ >= hand_over_seconds)
      decides(
        choice::black_box, *black_box_,
        "the predictions of the model have been off for a minute");
    break;
  case choice::black_box:
    if (trusted_seconds_ >= take_back_seconds)
      decides(
        choice::modelled, *modelled_,
        "the predictions of the model have held for five minutes");
    break;
  }
}

decision
automatic_policy::decide(const observation& seen, const knob_table& knobs) {
  return active().decide(seen, knobs);
}

decision automatic_policy::urgent(const knob_table& knobs) {
  return active().urgent(knobs);
}

void automatic_policy::judged(const verdict& how) {
  active().judged(how);
}

std::map<std::string, double> automatic_policy::figures() const {
  return modelled_->figures();
}

knowledge automatic_policy::known() const {
  auto result = modelled_->known();
  result.merge(black_box_->known());
  return result;
}

void automatic_policy::take_up(const knowledge& x) {
  modelled_->take_up(x);
  black_box_->take_up(x);
}

void automatic_policy::aim_at(const objective& x) {
  modelled_->aim_at(x);
  black_box_->aim_at(x);
}

} // namespace tuner
