#include "actors/monitor/event_buffer.hpp"

#include <algorithm>

namespace tuner {

event_queue::outcome event_queue::take(std::vector<uint64_t>& to) {
  // First what was lost: what the writer loses from here on is after all that
  // is kept below, and is counted in the next call.
  auto lost = lost_.read();
  auto first = taken_.load(std::memory_order_relaxed);
  auto end = added_.load(std::memory_order_acquire);
  for (auto i = first; i < end; ++i)
    to.push_back(slots_[i % capacity].load(std::memory_order_relaxed));
  taken_.store(end, std::memory_order_release);
  outcome result{end - first, lost - lost_before_};
  lost_before_ = lost;
  return result;
}

void event_ring::take(std::vector<uint64_t>& to) {
  auto end = added_.load(std::memory_order_acquire);
  auto first = end - taken_ > capacity ? end - capacity : taken_;
  auto start = to.size();
  // Acquire: whoever reads here what overwrote event i sees below that all
  // before that were added, and that i is thus not to be trusted.
  for (auto i = first; i < end; ++i)
    to.push_back(slots_[i % slots_.size()].load(std::memory_order_acquire));
  auto added = added_.load(std::memory_order_relaxed);
  // Event `added` may be half there, in the place of the oldest slot.
  auto sound = added >= slots_.size() ? added - slots_.size() + 1 : 0;
  if (sound > first) {
    auto from = to.begin() + static_cast<std::ptrdiff_t>(start);
    auto spoilt = std::min(sound, end) - first;
    to.erase(from, from + static_cast<std::ptrdiff_t>(spoilt));
  }
  taken_ = end;
}

} // namespace tuner
