#include "actors/analyzer/climb/capacity_climb.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::climb {

namespace {

constexpr auto episode_pause = std::chrono::seconds{30};
constexpr double far = 1.35;
constexpr double gain = 1.03;
constexpr double factor_min = 1.05;

} // namespace

std::optional<double> capacity_climb::begin(const state& here) {
  best_size_ = here.batch_size;
  best_rps_ = here.served_rps;
  factor_ = 2;
  sign_ = 1;
  auto off = here.suitable > 0 ? here.suitable / here.batch_size : 0;
  if (off > far || (off > 0 && off < 1 / far)) {
    sign_ = off > 1 ? 1 : -1;
    return here.suitable;
  }
  return here.batch_size * factor_;
}

std::optional<double> capacity_climb::next(const state& here, instant now) {
  auto known = here.batch_size > 0 && std::isfinite(here.batch_size)
    && here.served_rps >= 0 && std::isfinite(here.served_rps)
    && std::isfinite(here.suitable);
  if (!known)
    return std::nullopt;
  auto old =
    best_size_ == 0 || now < asked_at_ || now - asked_at_ > episode_pause;
  asked_at_ = now;
  if (old)
    return begin(here);
  if (here.batch_size == best_size_) {
    best_rps_ = here.served_rps; // The step was not carried out, or undone.
    sign_ = -sign_;
  } else if (here.served_rps > gain * best_rps_) {
    best_size_ = here.batch_size;
    best_rps_ = here.served_rps;
  } else {
    sign_ = -sign_;
    factor_ = std::sqrt(factor_);
  }
  if (factor_ < factor_min)
    return here.batch_size == best_size_ ? std::nullopt
                                         : std::optional{best_size_};
  return best_size_ * (sign_ > 0 ? factor_ : 1 / factor_);
}

} // namespace tuner::climb
