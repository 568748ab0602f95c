#include "actors/watchdog/replay_meter.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace tuner {

namespace {

constexpr auto before_max = std::chrono::seconds{60};
constexpr auto before_min = std::chrono::seconds{10};
constexpr size_t moments_max = 300; ///< However long a trial lasts, and if
                                    ///< the clock stands still.
/// A knob that makes p95 worse by less explains nothing.
constexpr double explained = 1.05;
/// More would take long, and tell no more.
constexpr size_t requests_max = 50'000;
constexpr size_t batches_kept = 1024;
/// Replayed requests that a window needs.
constexpr size_t replayed_min = 10;

double value_of(const settings& x, const char* knob, double otherwise) {
  auto i = x.find(knob);
  return i == x.end() ? otherwise : i->second;
}

model::batching batching_of(const settings& x) {
  return {
    static_cast<size_t>(std::clamp(value_of(x, knob::batch_size, 1), 1.0, 1e6)),
    1e-3 * std::max(0.0, value_of(x, knob::batch_timeout, 0))};
}

double second_of(instant x, instant epoch) {
  return seconds(x - epoch);
}

} // namespace

void replay_meter::watch(const sample& x) {
  if (!moments_.empty() && x.closed_at < moments_.back().closed_at)
    moments_.clear(); // The clock was set back.
  moments_.emplace_back(x, moments_.empty() ? nullptr : &moments_.back());
  while (moments_.size() > moments_max)
    moments_.pop_front();
  stale_ = true;
  if (x.workers > 0)
    workers_ = x.workers;
  if (trial_) {
    on_trial_.push_back(x.batch_records);
    while (on_trial_.size() > moments_max)
      on_trial_.pop_front();
    return;
  }
  forget_old();
  auto accesses = x.cache_hits + x.cache_misses;
  if (accesses > 0)
    batched_share_ += 0.1
      * (static_cast<double>(x.cache_misses) / static_cast<double>(accesses)
         - batched_share_);
  auto jumps = model_.jumps();
  model_.learn(x.batch_records);
  if (model_.jumps() != jumps)
    other_host_until_ = x.closed_at;
  auto small = [](uint32_t n) {
    return static_cast<uint16_t>(std::min<uint32_t>(n, 0xffff));
  };
  for (const auto& batch : x.batch_records)
    batches_.push_back(
      {batch.service_ms, small(batch.size), small(batch.others_running)});
  while (batches_.size() > batches_kept)
    batches_.pop_front();
}

void replay_meter::forget_old() {
  auto newest = moments_.back().closed_at;
  while (moments_.front().closed_at < newest - before_max)
    moments_.pop_front();
}

/// The replay begins with the first sample of the last minute since which the
/// settings were those before the change, and the host as quick as it was then,
/// unless that is too short to know it.
void replay_meter::find_beginning() {
  began_at_ = old_until_ = changed_at_;
  auto found = false;
  for (auto i = moments_.rbegin(); i != moments_.rend(); ++i) {
    if (i->closed_at > changed_at_)
      continue;
    auto other_host =
      i->opened_at < other_host_until_ && began_at_ <= old_until_ - before_min;
    if (i->opened_at < changed_at_ - before_max || other_host)
      break;
    auto old = *i->in_force == old_settings_ && !i->mixed;
    if (!old && found)
      break;
    if (!old)
      continue;
    if (!std::exchange(found, true))
      old_until_ = i->closed_at;
    began_at_ = i->opened_at;
  }
}

/// What is left of a change is compared with what was before that.
void replay_meter::find_old_settings(const change& what) {
  if (!what.step_back) {
    for (const auto& x : moments_)
      if (x.closed_at <= changed_at_)
        old_settings_ = *x.in_force;
    for (const auto& move : what.moves)
      old_settings_[move.knob] = move.from;
  }
  cache_moves_ =
    std::any_of(what.moves.begin(), what.moves.end(), [](const auto& move) {
      return move.knob == knob::cache_size;
    });
  old_ = batching_of(old_settings_);
}

void replay_meter::gather_luck() {
  luck_.clear();
  double sum = 0;
  for (const auto& x : batches_) {
    if (!(x.service_ms > 0) || !std::isfinite(x.service_ms) || x.size == 0)
      continue;
    auto expected = table_.seconds[std::min<size_t>(x.size, table_.largest())]
      * (1 + table_.contention * static_cast<double>(x.others_running));
    luck_.push_back(1e-3 * static_cast<double>(x.service_ms) / expected);
    sum += luck_.back();
  }
  if (luck_.empty())
    luck_.push_back(1);
  // Not in the order of time: what comes together would meet the same requests
  // in the replay.
  std::shuffle(luck_.begin(), luck_.end(), std::minstd_rand{1});
}

bool replay_meter::begin(const change& what) {
  changed_at_ = what.at;
  trial_ = true;
  stale_ = true;
  if (!model_.ready() || moments_.empty())
    return false;
  find_old_settings(what);
  find_beginning();
  table_ = model_.table();
  share_ = std::clamp(batched_share_, 0.01, 1.0);
  gather_luck();
  before_ = between(began_at_, old_until_);
  rest();
  return true;
}

void replay_meter::end(outcome how) {
  trial_ = false;
  // On settings that stay, batches show what the host is like.
  if (how == outcome::kept || how == outcome::open)
    for (const auto& x : on_trial_)
      model_.learn(x);
  on_trial_.clear();
  luck_ = std::vector<double>();
  rest();
  if (!moments_.empty())
    forget_old();
}

void replay_meter::rest() {
  last_ = replay();
  stale_ = true;
}

/// From the beginning, or as far back as the newest `requests_max` go.
std::deque<moment>::const_iterator replay_meter::first_replayed() const {
  size_t requests = 0;
  auto first = moments_.end();
  while (first != moments_.begin()
         && std::prev(first)->opened_at >= began_at_) {
    requests += std::prev(first)->arrivals.count();
    if (requests > requests_max)
      break;
    --first;
  }
  return first;
}

const replay_meter::replay& replay_meter::replayed() const {
  if (!trial_ || !std::exchange(stale_, false))
    return last_;
  auto& arrivals = last_.arrivals;
  arrivals.clear();
  std::minstd_rand lot{1};
  std::vector<double> some;
  auto first = first_replayed();
  last_.from = first == moments_.end() ? changed_at_ : first->opened_at;
  for (auto x = first; x != moments_.end(); ++x) {
    if (arrivals.empty() && x != moments_.begin()) // Those that wait then.
      arrivals.assign(
        static_cast<size_t>(std::min(std::prev(x)->waiting, 1e4)),
        second_of(x->opened_at, began_at_));
    some.clear();
    x->arrivals.append_to(some, began_at_);
    // Which ones the cache answered is not known.
    auto share = cache_moves_ ? share_ : x->batched_share;
    auto limit = share * static_cast<double>(std::minstd_rand::max());
    for (auto at : some)
      if (share >= 1 || static_cast<double>(lot()) <= limit)
        arrivals.push_back(at);
  }
  model::what_if host{table_, workers_, 0.95};
  host.replay({arrivals, 0, &luck_}, old_, last_.went);
  return last_;
}

std::vector<const moment*>
replay_meter::moments_in(instant from, instant to) const {
  std::vector<const moment*> result;
  for (const auto& x : moments_)
    if (x.opened_at >= from && x.closed_at <= to && !x.mixed)
      result.push_back(&x);
  return result;
}

std::vector<deviation> replay_meter::between(instant from, instant to) const {
  auto moments = moments_in(from, to);
  auto windows = windows_of(moments);
  if (windows.empty())
    return {};
  // Replayed latencies, by the window in which they would have ended.
  const auto& [arrivals, went, first] = replayed();
  std::vector<std::vector<float>> ended(windows.size());
  auto begin_of = [&](size_t w) {
    return second_of(moments[windows[w].first]->opened_at, began_at_);
  };
  auto end_of = [&](size_t w) {
    return second_of(moments[windows[w].second - 1]->closed_at, began_at_);
  };
  size_t w = 0;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    auto at = arrivals[i] + static_cast<double>(went.latencies[i]);
    while (w > 0 && at <= begin_of(w))
      --w;
    while (w + 1 < windows.size() && at > end_of(w))
      ++w;
    if (at > begin_of(w) && at <= end_of(w))
      ended[w].push_back(went.latencies[i]);
  }
  std::vector<deviation> result;
  for (w = 0; w < windows.size(); ++w)
    if (ended[w].size() >= replayed_min)
      result.push_back(deviation_of(
        moments.data() + windows[w].first, moments.data() + windows[w].second,
        ended[w]));
  return result;
}

/// What the cache answers says nothing of batches, and how much that is may
/// change by itself. So where the cache stays as it is, only those behind it
/// are compared: all but as many of the fastest as were hits.
deviation replay_meter::deviation_of(
  const moment* const* begin, const moment* const* end,
  std::vector<float>& expected) const {
  uint64_t hits = 0;
  for (auto i = begin; i != end; ++i)
    hits += (*i)->cache_hits;
  auto seen = summary_of(begin, end, cache_moves_ ? 0 : hits);
  auto quantile =
    cache_moves_ ? std::clamp(1 - 0.05 / share_, 0.05, 0.95) : 0.95;
  double sum = 0;
  for (auto x : expected)
    sum += std::log(std::max(1e-9, static_cast<double>(x)));
  auto p95 = seen.p95
    - std::log(std::max(
      1e-9,
      static_cast<double>(
        model::quantile_of(expected.begin(), expected.end(), quantile))));
  auto body = seen.body - sum / static_cast<double>(expected.size());
  return {(*(end - 1))->closed_at, p95, cache_moves_ ? p95 : body};
}

reading replay_meter::expected_pending() const {
  if (moments_.empty())
    return {};
  const auto& [arrivals, went, first] = replayed();
  auto now = second_of(moments_.back().closed_at, began_at_);
  double pending = 0;
  for (size_t i = 0; i < arrivals.size(); ++i)
    pending += arrivals[i] + static_cast<double>(went.latencies[i]) > now;
  return pending;
}

reading replay_meter::expected_served(instant from, instant to) const {
  const auto& [arrivals, went, first] = replayed();
  auto begin = second_of(std::max(from, first), began_at_);
  auto end = second_of(to, began_at_);
  double offered = 0;
  double served = 0;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    auto at = arrivals[i] + static_cast<double>(went.latencies[i]);
    offered += arrivals[i] > begin && arrivals[i] <= end;
    served += at > begin && at <= end;
  }
  return offered > 0 ? reading{served / offered} : reading{};
}

std::map<std::string, double>
replay_meter::p95_ratio_by_knob(const change& what) const {
  const auto& [arrivals, went, first] = replayed();
  model::what_if host{table_, workers_, 0.95};
  model::trial_load load{arrivals, 0, &luck_};
  auto usual = host.run(load, old_).p95_ms;
  std::map<std::string, double> result;
  for (const auto& move : what.moves) {
    auto other = old_settings_;
    other[move.knob] = move.to;
    auto ratio = host.run(load, batching_of(other)).p95_ms / usual;
    if (ratio > explained)
      result[move.knob] = ratio;
  }
  return result;
}

reading replay_meter::cost_ratio(instant from, instant to) const {
  double measured = 0;
  from = std::max(from, replayed().from);
  for (const auto* x : moments_in(from, to))
    measured += x->busy_seconds;
  auto expected = busy_expected(from, to);
  return expected > 0 && measured > 0 ? reading{measured / expected}
                                      : reading{};
}

double replay_meter::busy_expected(instant from, instant to) const {
  const auto& [arrivals, went, first] = replayed();
  auto begin = second_of(from, began_at_);
  auto end = second_of(to, began_at_);
  double result = 0;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    auto at = arrivals[i] + static_cast<double>(went.latencies[i]);
    if (at > begin && at <= end)
      result += static_cast<double>(went.shares[i]);
  }
  return result;
}

} // namespace tuner
