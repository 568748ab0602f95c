#include "actors/monitor/window.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tuner {

sample_ring::sample_ring(duration keep) : keep_(std::max(keep, duration{0})) {}

void sample_ring::clear() {
  stretches_.clear();
  single_.clear();
}

void sample_ring::push(const sample& x) {
  if (x.closed_at < x.opened_at)
    return;
  if (!single_.empty() && x.closed_at < closed_at()) {
    if (x.closed_at >= closed_at() - keep_)
      return;
    clear();
  }
  single_.emplace_back(x, single_.empty() ? nullptr : &single_.back());
  add_up_old();
  auto oldest = closed_at() - keep_;
  while (
    !stretches_.empty()
    && (stretches_.front().closed_at < oldest || stretches_.size() + single_.size() > samples_max))
    stretches_.pop_front();
  while (single_.front().closed_at < oldest || single_.size() > samples_max)
    single_.pop_front();
}

bool sample_ring::fits_on(const sample_sum& to, const sample_sum& later) const {
  return !to.mixed() && !later.mixed() && later.same_settings(to)
    && later.opened_at == to.closed_at
    && later.closed_at - to.opened_at <= keep_ / 30;
}

void sample_ring::add_up_old() {
  while (single_.front().closed_at < closed_at() - single_for) {
    if (!stretches_.empty() && fits_on(stretches_.back(), single_.front()))
      stretches_.back().add(single_.front());
    else
      stretches_.push_back(std::move(single_.front()));
    single_.pop_front();
  }
}

std::vector<const sample_sum*> sample_ring::newest_first() const {
  std::vector<const sample_sum*> result;
  result.reserve(single_.size() + stretches_.size());
  for (const auto* part : {&single_, &stretches_})
    for (auto i = part->rbegin(); i != part->rend(); ++i)
      result.push_back(&*i);
  return result;
}

observation sample_ring::window(instant from, instant to) const {
  std::vector<const sample_sum*> run; // On one and the same settings.
  for (const auto* x : newest_first()) {
    if (x->closed_at < from)
      break;
    if (x->opened_at < from || x->closed_at > to || x->mixed())
      continue;
    if (!run.empty() && !x->same_settings(*run.front()))
      break;
    run.push_back(x);
  }
  if (!run.empty())
    return seen_in(run);
  observation nothing;
  nothing.opened_at = nothing.closed_at = to;
  return nothing;
}

observation sample_ring::latest(duration length) const {
  if (single_.empty())
    return {};
  auto to = closed_at();
  return window(to - std::max(length, duration{0}), to);
}

} // namespace tuner
