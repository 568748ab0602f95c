#include "actors/watchdog/tripwire.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tuner {

namespace {

constexpr size_t samples_kept = 60;
constexpr double queue_least = 10;
constexpr double samples_for_errors = 10;

} // namespace

/// Those that wait, and those being served, as far as counting arrivals and
/// answers tells: never more than the workers can hold, so that what is not
/// counted doesn't add up.
double tripwire::pending_after(const sample& x, double arrived) const {
  auto waiting =
    x.queue_length && std::isfinite(*x.queue_length) ? *x.queue_length : 0;
  auto size = x.in_force.find(knob::batch_size);
  auto served = size == x.in_force.end()
    ? 0
    : size->second * std::max<double>(x.workers, 1);
  auto before = last_.empty() ? waiting : last_.back().pending;
  auto ended = static_cast<double>(x.completed + x.failed);
  return std::clamp(before + arrived - ended, waiting, waiting + served);
}

void tripwire::watch(const sample& x) {
  second now;
  now.arrived = x.offered && std::isfinite(*x.offered)
    ? *x.offered
    : static_cast<double>(x.completed);
  now.pending = pending_after(x, now.arrived);
  now.completed = static_cast<double>(x.completed);
  now.failed = static_cast<double>(x.failed);
  now.memory_full = x.memory_used_ratio && *x.memory_used_ratio > 1;
  last_.push_back(now);
  ++on_trial_;
  if (last_.size() > samples_kept)
    last_.pop_front();
}

void tripwire::begin() {
  on_trial_ = 0;
  long_lately_ = 0;
  queue_longest_ = 0;
  double n = 0, sum = 0, squares = 0, failed = 0, ended = 0;
  for (const auto& x : last_) {
    ++n;
    sum += x.pending;
    squares += x.pending * x.pending;
    queue_longest_ = std::max(queue_longest_, x.pending);
    failed += x.failed;
    ended += x.failed + x.completed;
  }
  queue_before_ = n > 0 ? sum / n : 0;
  queue_spread_ = n > 1
    ? std::sqrt(std::max(0.0, squares / n - queue_before_ * queue_before_))
    : 0;
  errors_before_ = ended > 0 ? failed / ended : 0;
  memory_full_before_ = !last_.empty() && last_.back().memory_full;
}

double tripwire::queue_allowed() const {
  double arrived = 0;
  auto seconds = std::min<size_t>(5, last_.size());
  for (auto i = last_.size() - seconds; i < last_.size(); ++i)
    arrived += last_[i].arrived;
  return std::max({0.2 * arrived, 6 * queue_spread_, queue_least});
}

bool tripwire::queue_is_long() const {
  return !last_.empty()
    && last_.back().pending > std::max(queue_longest_, queue_allowed());
}

bool tripwire::queue_is_back() const {
  return last_.empty()
    || last_.back().pending
    <= std::max(queue_longest_, queue_before_ + queue_allowed());
}

std::optional<std::string> tripwire::queue_trouble(reading expected_pending) {
  auto expected = expected_pending ? *expected_pending : queue_before_;
  const auto& now = last_.back();
  // Each batch takes a bite out of the queue: two seconds of three will do.
  auto count = std::min<size_t>(3, on_trial_);
  auto earlier = last_[last_.size() - 1 - std::min(count, last_.size() - 1)];
  long_lately_ = (long_lately_ << 1) & 7;
  if (queue_is_long() && now.pending - expected > queue_allowed())
    long_lately_ |= 1;
  if (
    !(long_lately_ & 1) || std::popcount(long_lately_) < 2
    || now.pending <= earlier.pending)
    return {};
  return format_number(now.pending)
    + " requests wait or are being served, and ever "
      "more, where "
    + format_number(expected, 3) + " would on the old settings";
}

std::optional<std::string> tripwire::error_trouble() const {
  double failed = 0, ended = 0;
  auto count = std::min(
    {on_trial_, last_.size(), static_cast<size_t>(samples_for_errors)});
  for (auto i = last_.size() - count; i < last_.size(); ++i) {
    failed += last_[i].failed;
    ended += last_[i].failed + last_[i].completed;
  }
  if (ended < 1 || failed < 5)
    return {};
  auto usual = std::max(errors_before_, error_ratio_max_);
  auto error = std::sqrt(std::max(usual * (1 - usual), 1e-6) / ended);
  if (!(failed / ended > usual + 3.5 * error))
    return {};
  return format_number(100 * failed / ended, 3)
    + " % of the requests fail, against "
    + format_number(100 * errors_before_, 3) + " % before and "
    + format_number(100 * error_ratio_max_, 3) + " % that the objective allows";
}

std::optional<std::string> tripwire::tripped(reading expected_pending) {
  if (last_.empty() || on_trial_ == 0)
    return {};
  if (last_.back().memory_full && !memory_full_before_)
    return "more memory is used than the target may use";
  if (auto why = error_trouble())
    return why;
  return queue_trouble(expected_pending);
}

} // namespace tuner
