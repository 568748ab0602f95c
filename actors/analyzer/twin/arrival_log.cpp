#include "actors/analyzer/twin/arrival_log.hpp"

#include <algorithm>

namespace tuner::twin {

namespace {

constexpr size_t arrivals_kept = 40'000;
constexpr double seconds_kept = 40;

double second_of(instant x) {
  return seconds(x.time_since_epoch());
}

} // namespace

void arrival_log::stretch::append_to(std::vector<double>& result) const {
  uint64_t us = 0;
  for (packed_numbers::reader next{gaps_us}; !next.ended();)
    result.push_back(opened_at + 1e-6 * static_cast<double>(us += next.next()));
}

void arrival_log::forget(double complete_since) {
  stretches_.clear();
  count_ = 0;
  complete_since_ = complete_since;
}

void arrival_log::add(const sample& x) {
  auto opened = second_of(x.opened_at);
  auto began = now_ == 0;
  if (complete_until_ < now_) // The sample before left some out.
    complete_since_ = now_;
  now_ = second_of(x.closed_at);
  if (began || (!empty() && stretches_.back().last > now_))
    forget(opened);
  complete_until_ = now_;
  if (x.arrivals_until <= duration{0})
    return forget(now_);
  note(x, opened);
  auto until = opened + seconds(x.arrivals_until);
  if (until < now_ - 1e-6)
    complete_until_ = until;
  trim();
}

void arrival_log::note(const sample& x, double opened) {
  stretch added{opened, empty() ? opened : stretches_.back().last, 0, {}};
  uint32_t before = 0;
  for (auto us : x.arrivals_us) {
    auto at = opened + 1e-6 * us;
    if (us < before || at < added.last)
      continue;
    added.gaps_us.push(us - before);
    added.last = at;
    before = us;
    ++added.count;
  }
  if (added.count == 0)
    return;
  added.gaps_us.close();
  count_ += added.count;
  stretches_.push_back(std::move(added));
}

void arrival_log::trim() {
  while (!empty()
         && (stretches_.front().last < now_ - seconds_kept
             || (count_ > arrivals_kept && stretches_.size() > 1))) {
    complete_since_ = std::max(complete_since_, stretches_.front().last);
    count_ -= stretches_.front().count;
    stretches_.pop_front();
  }
}

std::vector<double> arrival_log::around(double time) const {
  auto first = stretches_.end();
  while (first != stretches_.begin()
         && (first == stretches_.end() || first->last >= time))
    --first;
  std::vector<double> result;
  for (; first != stretches_.end(); ++first)
    first->append_to(result);
  return result;
}

double arrival_log::before_last(size_t later) const {
  auto x = stretches_.rbegin();
  for (; later >= x->count; ++x) {
    if (std::next(x) == stretches_.rend()) {
      later = x->count - 1;
      break;
    }
    later -= x->count;
  }
  std::vector<double> all;
  x->append_to(all);
  return all[all.size() - 1 - later];
}

} // namespace tuner::twin
