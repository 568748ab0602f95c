#include "bench/judge_trial.hpp"

#include <ctime>

namespace tuner {

namespace {

/// As the watchdog checks by default.
constexpr double check_delay_seconds = 30;
constexpr int checks_max = 3; ///< One more with a switchback.
constexpr size_t backlog = 10;

instant at_second(double x) {
  return instant{from_seconds(x)};
}

/// Of this thread; others may have the processor meanwhile.
double processor_ms() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3
    + static_cast<double>(now.tv_nsec) * 1e-6;
}

} // namespace

trial_host::trial_host(const judge_trial& what, bool changes)
  : move_(what.move), slow_factor_(what.slow_factor),
    workers_(what.host.service.workers),
    host_(what.host, what.trace, what.host.seed, {&sampler_}) {
  host_.set(move_.knob, move_.from);
  if (changes)
    move(static_cast<double>(what.change_second) + what.reaction_seconds, true);
}

void trial_host::play_to(double until) {
  while (!moves_.empty() && moves_.front().at < until) {
    auto next = moves_.front();
    moves_.erase(moves_.begin());
    host_.advance(next.at);
    host_.set(move_.knob, next.to_new ? move_.to : move_.from);
    host_.slow_by(next.to_new ? slow_factor_ : 1);
    in_force_since_ = next.at;
  }
  host_.advance(until);
}

sample trial_host::next() {
  auto opened = static_cast<double>(tenths_) / 10;
  for (int i = 0; i < 10; ++i) {
    play_to(static_cast<double>(++tenths_) / 10);
    waiting_.push_back(host_.queue_length());
  }
  auto closed = static_cast<double>(tenths_) / 10;
  auto result = sampler_.take(closed);
  result.opened_at = at_second(opened);
  result.closed_at = at_second(closed);
  result.workers = workers_;
  result.queue_length = static_cast<double>(host_.queue_length());
  result.in_force = host_.in_force();
  result.in_force_since = at_second(in_force_since_);
  return result;
}

staged_trial::staged_trial(judge_trial what)
  : trial_(std::move(what)), host_(trial_, true),
    samples_(from_seconds(check_delay_seconds * (checks_max + 2))) {
  for (size_t i = 0; i < trial_.change_second; ++i) {
    seen_before_.push_back(host_.next());
    samples_.push(seen_before_.back());
  }
  change_.id = change_id{1};
  change_.kind = change_kind::tuning;
  change_.at = at_second(
    static_cast<double>(trial_.change_second) + trial_.reaction_seconds);
  change_.moves = {trial_.move};
  change_.reason = "on trial";
  before_ =
    samples_.window(change_.at - from_seconds(check_delay_seconds), change_.at);
  change_.evidence = before_;
}

const staged_trial::second_seen& staged_trial::at(size_t second) {
  while (trial_.change_second + seen_after_.size() <= second) {
    auto seen = host_.next();
    samples_.push(seen);
    auto after = samples_.window(change_.at, seen.closed_at);
    seen_after_.push_back({std::move(seen), std::move(after)});
  }
  return seen_after_[second - trial_.change_second];
}

reading staged_trial::backlog_after_seconds() const {
  trial_host unchanged{trial_, false};
  const auto& waiting = host_.waiting();
  while (unchanged.waiting().size() < waiting.size())
    unchanged.next();
  for (size_t i = 10 * trial_.change_second; i < waiting.size(); ++i)
    if (waiting[i] >= unchanged.waiting()[i] + backlog)
      return static_cast<double>(i + 1) / 10 - seconds(change_.at - instant{});
  return {};
}

double staged_trial::true_p95_ratio() {
  constexpr size_t length = 90;
  trial_host unchanged{trial_, false};
  sample_ring samples{from_seconds(length)};
  instant end{};
  for (size_t i = 0; i < trial_.change_second + length; ++i) {
    samples.push(unchanged.next());
    end = at_second(static_cast<double>(i + 1));
  }
  auto with = at(trial_.change_second + length - 1).after.latency_p95;
  auto without = samples.window(change_.at, end).latency_p95;
  return milliseconds(with) / milliseconds(without);
}

/// One judge at work on a trial.
class trial_run {
public:
  trial_run(staged_trial& on, judge& by)
    : on_(on), by_(by), second_(on.trial_.change_second),
      next_check_(seconds(on.change_.at - instant{}) + check_delay_seconds),
      samples_(from_seconds(check_delay_seconds * (checks_max + 2))) {
    for (const auto& x : on_.seen_before_)
      by_.watch(x);
    by_.begin(on_.change_);
  }

  trial_ending play() {
    while (open()) {
      moving_ = false;
      watch_next_second();
      look(static_cast<double>(second_), false);
      if (open() && next_check_ < static_cast<double>(second_ + 1))
        check();
    }
    by_.end(ending_.result);
    return ending_;
  }

private:
  bool open() const { return ending_.result == outcome::open; }

  void watch_next_second() {
    if (own_) {
      auto seen = own_->next();
      by_.watch(seen);
      auto now = seen.closed_at;
      samples_.push(std::move(seen));
      after_ = samples_.window(on_.change_.at, now);
    } else {
      const auto& x = on_.at(second_);
      by_.watch(x.seen);
      after_ = x.after;
    }
    ++second_;
  }

  void check() {
    if (moving_) {
      next_check_ += 1;
      return;
    }
    ++checks_;
    look(next_check_, true);
    next_check_ += check_delay_seconds;
  }

  void look(double now, bool scheduled) {
    auto last = scheduled && checks_ >= checks_max + ending_.doubted;
    trial_view view{on_.change_,    on_.before_, after_,
                    at_second(now), scheduled,   last};
    auto began = processor_ms();
    auto found = by_.look(view);
    ending_.costliest_look_ms =
      std::max(ending_.costliest_look_ms, processor_ms() - began);
    if (found)
      carry_out(found->result, now + on_.trial_.reaction_seconds);
    else if (last)
      carry_out(outcome::inconclusive, now + on_.trial_.reaction_seconds);
  }

  void carry_out(outcome what, double at) {
    auto elapsed = at - seconds(on_.change_.at - instant{});
    if (what != outcome::kept && !ending_.undone_after_seconds)
      ending_.undone_after_seconds = elapsed;
    if (ends_trial(what)) {
      ending_.result = what;
      ending_.ended_after_seconds = elapsed;
      return;
    }
    ending_.doubted = true;
    if (!own_)
      go_own_way();
    own_->move(at, what == outcome::retried);
    by_.moved(at_second(at));
    moving_ = true;
  }

  /// From here on this judge makes a difference to the host.
  void go_own_way() {
    own_ = std::make_unique<trial_host>(on_.trial_, true);
    for (size_t i = 0; i < second_; ++i)
      samples_.push(own_->next());
  }

  staged_trial& on_;
  judge& by_;
  trial_ending ending_;
  size_t second_;     ///< Played up to here.
  double next_check_; ///< In seconds.
  int checks_ = 0;
  bool moving_ = false;
  observation after_;
  sample_ring samples_; ///< Of the own host.
  std::unique_ptr<trial_host> own_;
};

trial_ending staged_trial::judged_by(judge& by) {
  return trial_run{*this, by}.play();
}

} // namespace tuner
