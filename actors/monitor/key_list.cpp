#include "actors/monitor/key_list.hpp"

#include <algorithm>

namespace tuner {

void key_list::change_threshold(uint64_t below) {
  threshold_ = below;
  lowest_ = std::min(lowest_, below);
  changed_ = true;
}

void key_list::collect(event_queue& from) {
  auto found = from.take(keys_);
  lost_ += found.lost;
  busiest_ = std::max(busiest_, found.kept + found.lost);
}

uint64_t key_list::report(sample& to) {
  any_ |= to.cache_hits + to.cache_misses > 0 || !keys_.empty();
  drop_above_lowest();
  if (lost_ > 0 ? !changed_ : keys_.size() > cache_keys_max) {
    change_threshold(lowered());
    drop_above_lowest();
  }
  if (any_)
    to.cache_keys_below = lowest_;
  // There may be too many yet: a few keys that are asked for all the time.
  if (lost_ == 0 && keys_.size() <= cache_keys_max)
    to.cache_keys = keys_;
  keys_.clear();
  lost_ = busiest_ = 0;
  lowest_ = threshold_;
  changed_ = false;
  return threshold_;
}

void key_list::drop_above_lowest() {
  std::erase_if(keys_, [this](auto x) { return x >= lowest_; });
}

/// Never 0, which would say that the target names no keys.
uint64_t key_list::lowered() const {
  constexpr auto room_of_one = event_queue::capacity / 2.0;
  constexpr auto room_of_all = cache_keys_max / 2.0;
  auto share = std::min(
    room_of_one / static_cast<double>(std::max<uint64_t>(busiest_, 1)),
    room_of_all / static_cast<double>(keys_.size() + lost_));
  if (share >= 1)
    return threshold_;
  return std::max(
    static_cast<uint64_t>(static_cast<double>(threshold_) * share),
    uint64_t{1});
}

} // namespace tuner
