#include "actors/analyzer/twin/traffic.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

namespace tuner::twin {

namespace {

constexpr size_t gaps_max = 6000;
constexpr double step_seconds = 2;
constexpr double gap_context_seconds = 5; ///< On either side.
constexpr double split_grain = 0.1;       ///< Seconds.
constexpr double outlook_seconds = 300;
constexpr double heading_seconds = 60;
constexpr double about = 0.07;  ///< A rate, within so much of it.
constexpr auto stay_steps = 10; ///< 20 s.
constexpr size_t trend_steps = 30;
constexpr size_t samples_compared = 20;

/// @returns the upper half of a number's bits: it is off by at most 0.2 %.
uint16_t shortened(double x) {
  auto bits = std::bit_cast<uint32_t>(static_cast<float>(x));
  return static_cast<uint16_t>((bits + 0x8000) >> 16);
}

double lengthened(uint16_t x) {
  return static_cast<double>(
    std::bit_cast<float>(static_cast<uint32_t>(x) << 16));
}

/// Walks the recorded gaps.
struct source {
  double kept; ///< Share of its arrivals.
  size_t next_gap;
  double at;
};

double second_of(instant x) {
  return seconds(x.time_since_epoch());
}

} // namespace

traffic::traffic() {
  // Poisson until real gaps take their place.
  std::mt19937_64 random{1};
  gaps_.reserve(gaps_max);
  for (size_t i = 0; i < gaps_max; ++i) {
    auto u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
    gaps_.push_back(shortened(-std::log(u)));
  }
}

bool traffic::learn(const sample& x) {
  auto length = seconds(x.closed_at - x.opened_at);
  if (!(length > 0) || !std::isfinite(length))
    return false;
  now_ = second_of(x.closed_at);
  arrivals_.add(x);
  note_gaps();
  auto offered = x.offered ? *x.offered : static_cast<double>(x.completed);
  offered = std::isfinite(offered) ? std::max(offered, 0.0) : 0;
  last_samples_.push_back(offered);
  if (last_samples_.size() > samples_compared)
    last_samples_.pop_front();
  offered_ += offered;
  length_ += length;
  if (length_ < step_seconds - 1e-6)
    return false;
  follow_rate(offered_ / length_, length_);
  offered_ = length_ = 0;
  return true;
}

/// Notes the gaps of arrivals that are not noted yet, and that what came in the
/// seconds after them is known of.
void traffic::note_gaps() {
  auto since = arrivals_.complete_since();
  auto until = arrivals_.complete_until();
  // Where some were left out, no more will be known.
  auto last = until < now_ ? until : until - gap_context_seconds;
  gaps_noted_until_ = std::min(gaps_noted_until_, now_); // It was set back.
  auto arrivals = arrivals_.around(gaps_noted_until_ - gap_context_seconds);
  auto place_of = [&](double at) {
    return std::lower_bound(arrivals.begin(), arrivals.end(), at);
  };
  std::erase_if(jumps_, [&](double at) {
    return at > now_ || at < gaps_noted_until_ - gap_context_seconds;
  });
  for (size_t i = 1; i < arrivals.size() && arrivals[i] <= last; ++i) {
    auto at = arrivals[i];
    if (at <= gaps_noted_until_ || arrivals[i - 1] < since)
      continue;
    auto from = std::max(at - gap_context_seconds, since);
    auto to = std::min(at + gap_context_seconds, until);
    for (auto jump : jumps_)
      if (jump < at)
        from = std::max(from, jump);
      else
        to = std::min(to, jump);
    if (to <= from) // Samples overlap.
      continue;
    auto rate =
      static_cast<double>(place_of(to) - place_of(from)) / (to - from);
    gaps_[next_gap_] = shortened(std::min((at - arrivals[i - 1]) * rate, 1e3));
    next_gap_ = (next_gap_ + 1) % gaps_.size();
  }
  gaps_noted_until_ = std::max(gaps_noted_until_, last);
}

/// @returns the standard deviation to expect of the rate of a step.
double traffic::noise_of(double rate, double length) {
  auto poisson = std::sqrt(std::max(level_, rate) / length);
  if (steps_ > 0)
    step_changes_.push_back(std::abs(rate - step_before_));
  step_before_ = rate;
  while (step_changes_.size() > trend_steps)
    step_changes_.pop_front();
  if (step_changes_.size() < trend_steps / 2)
    return poisson;
  std::vector<double> sorted{step_changes_.begin(), step_changes_.end()};
  auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  // The difference of two normal steps exceeds 0.954 of their standard
  // deviation half of the time.
  return std::max(poisson, *middle / 0.954);
}

/// Finds when the rate jumped: the split of the last two steps that makes their
/// arrivals likeliest, as of two Poisson processes.
void traffic::note_jump(double length) {
  auto span = 2 * length;
  auto arrivals = recent(span);
  if (arrivals.empty())
    return;
  auto likelihood = [](double count, double seconds) {
    return count > 0 ? count * std::log(count / seconds) : 0;
  };
  auto likelihood_of = [&](double split) {
    auto place = std::lower_bound(arrivals.begin(), arrivals.end(), split);
    auto before = static_cast<double>(place - arrivals.begin());
    auto after = static_cast<double>(arrivals.end() - place);
    return likelihood(before, split) + likelihood(after, span - split);
  };
  auto jump = split_grain;
  auto places = std::lround(span / split_grain);
  for (long i = 2; i < places; ++i) {
    auto split = static_cast<double>(i) * split_grain;
    if (likelihood_of(split) > likelihood_of(jump))
      jump = split;
  }
  jump += now_ - span;
  if (!jumps_.empty() && jump - jumps_.back() < length)
    jumps_.pop_back(); // It took two steps to be seen whole.
  jumps_.push_back(jump);
}

void traffic::follow_rate(double rate, double length) {
  auto noise = noise_of(rate, length);
  auto off = rate - level_;
  if (steps_++ == 0 || std::abs(off) > 4 * noise + 0.2 * level_) {
    level_ = rate;
    last_steps_.clear();
    note_jump(length);
  } else {
    level_ += (std::abs(off) > 2 * noise ? 0.7 : 0.3) * off;
  }
  last_steps_.push_back(rate);
  while (last_steps_.size() > trend_steps)
    last_steps_.pop_front();
  find_trend(length);
  last_means_.push_back(rate);
  while (last_means_.size() > 5)
    last_means_.pop_front();
  double sum = 0;
  for (auto x : last_means_)
    sum += x;
  if (last_means_.size() == 5)
    late_.push_back({now_, sum / 5, rate});
  while (!late_.empty() && late_.front().at < now_ - outlook_seconds)
    late_.pop_front();
}

/// @returns the sum of squares that is left if the mean jumps once, at best.
double left_by_jump(const std::deque<double>& x, double sum, double squares) {
  auto n = static_cast<double>(x.size());
  auto result = squares;
  double before = 0;
  for (size_t i = 1; i < x.size(); ++i) {
    auto m = static_cast<double>(i);
    before += x[i - 1];
    auto after = sum - before;
    result =
      std::min(result, squares - before * before / m - after * after / (n - m));
  }
  return result;
}

/// Least squares over the last steps.
void traffic::find_trend(double length) {
  trend_ = 0;
  auto n = static_cast<double>(last_steps_.size());
  if (n < 8)
    return;
  double y = 0, xy = 0, yy = 0;
  auto middle = (n - 1) / 2;
  for (size_t i = 0; i < last_steps_.size(); ++i) {
    auto x = static_cast<double>(i) - middle;
    y += last_steps_[i];
    xy += x * last_steps_[i];
    yy += last_steps_[i] * last_steps_[i];
  }
  auto xx = n * (n * n - 1) / 12;
  auto slope = xy / xx;
  auto unexplained = std::max(yy - y * y / n - slope * slope * xx, 0.0);
  auto error = std::sqrt(unexplained / (n - 2) / xx);
  if (
    std::abs(slope) > 3.5 * error
    && unexplained < left_by_jump(last_steps_, y, yy))
    trend_ = slope / length;
}

rate_outlook traffic::outlook(double ahead) const {
  rate_outlook result;
  result.forecast = std::max(0.0, level_ + trend_ * ahead);
  result.peak = result.low = result.mean = result.forecast;
  for (const auto& x : late_) {
    result.peak = std::max(result.peak, x.mean);
    result.low = std::min(result.low, x.mean);
  }
  auto heading = std::max(0.0, level_ + trend_ * heading_seconds);
  result.peak = std::max(result.peak, heading);
  result.low = std::min(result.low, heading);
  if (!late_.empty())
    result.mean = usual_rate();
  return result;
}

bool traffic::came_down() const {
  if (last_samples_.empty())
    return false;
  auto most = *std::max_element(last_samples_.begin(), last_samples_.end());
  return last_samples_.back() < 0.8 * most - 3 * std::sqrt(most);
}

double traffic::peak_below(double rate_rps) const {
  double result = 0;
  for (const auto& x : late_)
    if (x.mean <= rate_rps)
      result = std::max(result, x.mean);
  return result;
}

bool traffic::stayed_at(double rate_rps) const {
  auto there = std::count_if(late_.begin(), late_.end(), [&](const auto& x) {
    return std::abs(x.step - rate_rps) < about * rate_rps;
  });
  return there >= stay_steps;
}

double traffic::age_of(double later) const {
  if (arrivals_.empty())
    return level_ > 0 ? later / level_ : 0;
  return now_
    - arrivals_.before_last(static_cast<size_t>(std::clamp(later, 0.0, 1e9)));
}

double traffic::usual_rate() const {
  if (late_.empty())
    return level_;
  double sum = 0;
  for (const auto& x : late_)
    sum += x.mean;
  return sum / static_cast<double>(late_.size());
}

std::vector<double> traffic::synthesise(double rate_rps, size_t count) const {
  auto usual = usual_rate();
  auto times = usual > 0 ? std::clamp(rate_rps / usual, 0.2, 8.0) : 1;
  if (std::abs(times - 1) < 0.02)
    times = 1; // Not worth walking the gaps once more.
  auto n = static_cast<double>(count);
  auto gaps_each = static_cast<size_t>(std::ceil(n / times));
  auto gap_of = [&](source& x) {
    auto gap = lengthened(gaps_[x.next_gap]);
    if (++x.next_gap == gaps_.size())
      x.next_gap = 0;
    return gap;
  };
  std::vector<source> sources;
  auto clients = static_cast<size_t>(std::ceil(times));
  while (sources.size() < clients) {
    auto left = times - static_cast<double>(sources.size());
    auto back = (sources.size() + 1) * gaps_each % gaps_.size();
    auto begin = next_gap_ + (next_gap_ < back ? gaps_.size() : 0) - back;
    sources.push_back({left, begin, 0});
    sources.back().at = gap_of(sources.back());
  }
  std::minstd_rand lot{1};
  constexpr auto most = static_cast<double>(std::minstd_rand::max());
  std::vector<double> result;
  result.reserve(count);
  while (result.size() < count) {
    auto first = std::min_element(
      sources.begin(), sources.end(),
      [](const source& a, const source& b) { return a.at < b.at; });
    if (first->kept >= 1 || static_cast<double>(lot()) <= first->kept * most)
      result.push_back(first->at);
    first->at += gap_of(*first);
  }
  // The gaps used may be longer or shorter than one on average.
  auto last = count > 0 ? result.back() : 0;
  auto scale = last > 0 && rate_rps > 0 ? n / rate_rps / last : 0;
  for (auto& x : result)
    x *= scale;
  return result;
}

std::vector<double> traffic::recent(double span) const {
  auto from = now_ - span;
  if (arrivals_.complete_since() > from || arrivals_.complete_until() < now_)
    return {};
  auto result = arrivals_.around(from);
  result.erase(
    result.begin(), std::lower_bound(result.begin(), result.end(), from));
  for (auto& at : result)
    at -= from;
  return result;
}

} // namespace tuner::twin
