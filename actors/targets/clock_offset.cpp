#include "actors/targets/clock_offset.hpp"

#include <algorithm>

namespace tuner {

void clock_offset::move(sample& x, instant now) {
  auto apart = now - x.closed_at;
  auto rise = (now - last_came_in_) / 1000;
  offset_ = offset_ ? std::min(*offset_ + rise, apart) : apart;
  last_came_in_ = now;
  auto here = [this](instant there) { return there + *offset_; };
  auto opened_there = x.opened_at;
  auto closed_there = x.closed_at;
  auto since_there = x.in_force_since;
  x.closed_at = here(x.closed_at);
  // Samples follow each other without a gap and don't overlap.
  auto follows = x.opened_at == last_closed_there_;
  x.opened_at =
    std::min(follows ? last_closed_here_ : here(x.opened_at), x.closed_at);
  // The same moment must stay the same, or the settings would look changed; and
  // it must stay before or within the sample, or that would look mixed.
  if (since_there != last_since_there_)
    last_since_here_ = since_there > opened_there
      ? std::max(here(since_there), x.opened_at + duration{1})
      : std::min(here(since_there), x.opened_at);
  x.in_force_since = last_since_here_;
  last_since_there_ = since_there;
  last_closed_there_ = closed_there;
  last_closed_here_ = x.closed_at;
}

} // namespace tuner
