#include "actors/monitor/event_lists.hpp"

#include <algorithm>
#include <cstddef>

namespace tuner {

namespace {

/// The longest time that `sample::arrivals_us` can say: 71 minutes.
constexpr auto offset_max_ns =
  std::numeric_limits<uint32_t>::max() * uint64_t{1000};

/// Leaves the earliest `arrivals_max`.
/// @returns until when these are complete.
uint64_t cut(std::vector<uint64_t>& arrivals, uint64_t until) {
  if (arrivals.size() > arrivals_max) {
    auto last = arrivals.begin() + (arrivals_max - 1);
    std::nth_element(arrivals.begin(), last, arrivals.end());
    until = *last;
    arrivals.resize(arrivals_max);
  }
  return until;
}

} // namespace

batch_record unpacked(uint64_t bits) {
  return {
    static_cast<uint32_t>(bits >> 40), static_cast<uint32_t>(bits >> 32 & 255),
    std::bit_cast<float>(static_cast<uint32_t>(bits))};
}

void batch_list::report(sample& to) {
  auto count = std::min(batches_.size(), batch_records_max);
  to.batch_records.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    to.batch_records.push_back(unpacked(batches_[i * batches_.size() / count]));
  batches_.clear();
}

void arrival_list::collect(event_queue& from) {
  auto found = from.take(arrivals_);
  any_ |= found.kept > 0;
  if (found.full())
    complete_until_ = std::min(complete_until_, arrivals_.back());
}

void arrival_list::report(uint64_t now_ns, sample& to) {
  if (!any_) {
    opened_ = now_ns;
    return;
  }
  auto until = std::min({complete_until_, now_ns, opened_ + offset_max_ns});
  // What came since the clock was read belongs to the next sample.
  auto early = std::partition(
    arrivals_.begin(), arrivals_.end(), [&](auto x) { return x <= now_ns; });
  std::vector<uint64_t> later(early, arrivals_.end());
  arrivals_.erase(early, arrivals_.end());
  std::erase_if(arrivals_, [&](auto x) { return x > until; });
  until = std::max(cut(arrivals_, until), opened_);
  std::sort(arrivals_.begin(), arrivals_.end());
  to.arrivals_us.reserve(arrivals_.size());
  for (auto x : arrivals_)
    to.arrivals_us.push_back(
      x > opened_ ? static_cast<uint32_t>((x - opened_) / 1000) : 0);
  to.arrivals_until = duration{static_cast<duration::rep>(until - opened_)};
  arrivals_ = std::move(later);
  if (complete_until_ <= now_ns)
    complete_until_ = never;
  opened_ = now_ns;
}

} // namespace tuner
