#include "actors/watchdog/comparison.hpp"
#include "actors/watchdog/sequential_judge.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

using namespace std::chrono_literals;

constexpr auto drain_least = 2s;
constexpr auto drain_most = 15s;
constexpr auto look_back = 8s;
constexpr auto skipped_again = 1s;
constexpr auto look_again_after = 7s;
/// A look that saw too few requests is prolonged up to this.
constexpr auto look_most = 25s;
constexpr size_t windows_min = 2;

} // namespace

std::optional<verdict>
sequential_judge::suspect(const trial_view& x, doubt why) {
  auto seen = measured(x);
  doubt_ = std::move(why);
  if (!params_.switchback)
    return conclude(x, outcome::rolled_back, doubt_.why, seen);
  if (cleared_)
    return conclude(
      x, outcome::inconclusive,
      doubt_.why + "; but it was not when tried again after the first doubt",
      seen);
  doing_ = phase::draining;
  return conclude(x, outcome::doubted, doubt_.why, seen);
}

std::optional<verdict> sequential_judge::look_at_old(const trial_view& x) {
  auto since = x.now - moved_at_;
  if (doing_ == phase::draining) {
    if (since < drain_least || (since < drain_most && !wire_.queue_is_back()))
      return {};
    doing_ = phase::looking_back;
    look_from_ = x.now;
    return {};
  }
  auto looked = x.now - look_from_;
  if (looked < look_back)
    return {};
  // After a queue the first windows may still show it.
  auto from =
    std::max(look_from_, x.now - (doubt_.tripped ? look_back : looked));
  auto back = measurable_
    ? compare(by_->before(), by_->between(from, x.now), tolerated())
    : effect{};
  if (measurable_ && back.after < windows_min && looked < look_most)
    return {};
  auto seen = measured(x);
  back_worse_ = (back.*doubt_.by).value;
  auto better = back.after > 0
    && back_worse_
      < (doubt_.tripped ? std::max(tolerated(), 0.5 * doubt_.worse)
                        : 0.5 * doubt_.worse);
  if (doubt_.tripped && wire_.queue_is_back() && (back.after == 0 || better))
    return conclude(
      x, outcome::rolled_back,
      doubt_.why + "; with the old settings back that is over", seen);
  if (doubt_.tripped && looked < look_most)
    return {};
  if (back.after < windows_min)
    return conclude(
      x, outcome::inconclusive,
      doubt_.why
        + "; with the old settings back there were too few requests "
          "to be sure, so nobody is blamed",
      seen);
  if (doubt_.tripped)
    return conclude(
      x, outcome::inconclusive,
      doubt_.why + "; with the old settings back it is no better ("
        + in_words(back) + "), so nobody is blamed",
      seen);
  if (!better)
    rebased_ = by_->between(look_from_, x.now);
  doing_ = phase::trying_again;
  return conclude(
    x, outcome::retried,
    "with the old settings back " + in_words(back) + ": "
      + (better ? "once more, to be sure" : "it is the host"),
    seen);
}

std::optional<verdict> sequential_judge::look_again(const trial_view& x) {
  auto since = x.now - moved_at_;
  auto start = moved_at_ + skipped_again;
  if (since < look_again_after)
    return {};
  auto again = compare(yardstick(), by_->between(start, x.now), tolerated());
  if (again.after < windows_min && since < look_most)
    return {};
  from_ = start;
  if (again.after < windows_min)
    return conclude(
      x, outcome::inconclusive, doubt_.why + "; too few requests to be sure",
      again);
  auto now = (again.*doubt_.by).value;
  // Half as much again is enough, and twice what is tolerated in any case: load
  // may have fallen since, and harm with it.
  auto back = std::min(back_worse_, tolerated());
  auto enough = std::min(
    0.5 * (doubt_.worse - back), std::log1p(2 * std::expm1(tolerated())));
  auto worse = now > (rebased_ ? tolerated() : back + enough);
  if (worse && rebased_)
    return conclude(
      x, outcome::inconclusive,
      doubt_.why
        + "; with the old settings back it was hardly better, and tried once "
          "more it was "
        + compared_with(shown(now), "that"),
      again);
  if (worse)
    return conclude(
      x, outcome::rolled_back,
      doubt_.why
        + "; with the old settings back that was over, and when the "
          "change was tried once more it was there again ("
        + compared(shown(now)) + ')',
      again);
  cleared_ = true;
  looked_at_ = 0;
  doing_ = phase::trying;
  return {};
}

} // namespace tuner
