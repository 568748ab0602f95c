#include "actors/analyzer/climb/crowd.hpp"

#include <algorithm>
#include <cmath>

namespace tuner::climb {

namespace {

constexpr std::size_t steps_max = 3;
constexpr double soon_seconds = 10;
constexpr double few = 8; ///< So many may always wait.

bool sane(const reading& x) {
  return x && std::isfinite(*x) && *x >= 0;
}

} // namespace

void crowd::push(const sample& x) {
  auto length = seconds(x.closed_at - x.opened_at);
  if (!(length > 0))
    return;
  auto answered =
    static_cast<double>(x.completed) + static_cast<double>(x.failed);
  unanswered_ = sane(x.offered)
    ? std::clamp(unanswered_ + *x.offered - answered, 0.0, 1e12)
    : 0;
  auto waiting = sane(x.queue_length) ? *x.queue_length : unanswered_;
  auto offered = sane(x.offered) ? *x.offered : answered;
  seen_.push_back({length, answered, offered, waiting});
  if (seen_.size() > steps_max)
    seen_.pop_front();
}

double crowd::per_second(double step::*what) const {
  double length = 0;
  double sum = 0;
  for (const auto& x : seen_) {
    length += x.seconds;
    sum += x.*what;
  }
  return length > 0 ? sum / length : 0;
}

double crowd::served_rps() const {
  return per_second(&step::completed);
}

double crowd::offered_rps() const {
  return per_second(&step::offered);
}

double crowd::wait_seconds() const {
  if (waiting() <= few)
    return 0;
  auto served = served_rps();
  return served > 0 ? waiting() / served : 1e6;
}

bool crowd::clearing() const {
  if (seen_.size() < 2)
    return false;
  double length = 0;
  for (auto i = seen_.begin() + 1; i != seen_.end(); ++i)
    length += i->seconds;
  auto gone = seen_.front().waiting - seen_.back().waiting;
  return gone * soon_seconds >= waiting() * length;
}

} // namespace tuner::climb
