#pragma once

#include "actors/analyzer/climb/climb.hpp"
#include "actors/monitor/histogram.hpp"
#include "actors/monitor/window.hpp"

#include <cmath>
#include <functional>
#include <random>

namespace tuner::test {

/// What a made-up target does in a second.
struct second_of_work {
  double p95_ms = 10;
  double load_rps = 200;
  double served_rps = -1; ///< Below 0: all of the load.
  double busy_ms = 0;     ///< Per request; 0: not reported.
  double batch_mean = 0;  ///< 0: not reported.
  double queue = -1;      ///< Below 0: not reported.
};

/// @returns a sample of the second that ends at `at` seconds. A tenth of its
/// requests take the p95, the rest three quarters of it.
inline sample
sample_of(const second_of_work& x, const settings& in_force, double at) {
  sample result;
  result.closed_at = instant{from_seconds(at)};
  result.opened_at = result.closed_at - std::chrono::seconds{1};
  auto served = x.served_rps < 0 ? x.load_rps : x.served_rps;
  result.completed = static_cast<uint64_t>(served);
  result.offered = x.load_rps;
  auto slow = static_cast<uint32_t>(result.completed / 10);
  auto fast = static_cast<uint32_t>(result.completed) - slow;
  auto bucket = [](double ms) {
    return bucket_of(static_cast<uint64_t>(ms * 1e6));
  };
  result.latencies = {
    {bucket(0.75 * x.p95_ms), fast}, {bucket(x.p95_ms), slow}};
  result.latency_sum = from_milliseconds(
    x.p95_ms * (0.75 * static_cast<double>(fast) + static_cast<double>(slow)));
  result.busy = from_milliseconds(x.busy_ms * served);
  if (x.batch_mean > 0) {
    result.batched_requests = result.completed;
    result.batches = static_cast<uint64_t>(served / x.batch_mean);
  }
  if (x.queue >= 0)
    result.queue_length = x.queue;
  result.in_force = in_force;
  return result;
}

/// Lets a policy tune a made-up target the way the analyzer does: samples each
/// second, a decision each ten, a verdict 30 s after each change.
class tuned_target {
public:
  using behaviour = std::function<second_of_work(const settings&, double at)>;

  tuned_target(policy& tuned, knob_table knobs, behaviour does)
    : tuned_(tuned), knobs_(std::move(knobs)), does_(std::move(does)),
      in_force_(knobs_.initial()) {}

  void run(int length) {
    for (int i = 0; i < length; ++i)
      next_second();
  }

  double value(const std::string& knob) const { return in_force_.at(knob); }
  const std::vector<knob_move>& moves() const { return moves_; }
  const std::vector<double>& times() const { return times_; }
  std::string last_reason; ///< Of the last decision.
  outcome verdict_to_give = outcome::kept;

private:
  void next_second() {
    at_ += 1;
    auto x = sample_of(does_(in_force_, at_), in_force_, at_);
    x.in_force_since = since_;
    tuned_.watch(x);
    seen_.push(x);
    if (judged_at_ > 0 && at_ >= judged_at_)
      conclude(x.closed_at);
    if (carry_out(tuned_.urgent(knobs_), x.closed_at))
      return;
    if (judged_at_ > 0 || static_cast<int>(at_) % 10 != 0)
      return;
    auto seen = seen_.latest(std::chrono::seconds{300});
    if (seen.completed > 0)
      carry_out(tuned_.decide(seen, knobs_), x.closed_at);
  }

  void conclude(instant now) {
    verdict how;
    how.result = verdict_to_give;
    how.at = now;
    if (how.result != outcome::kept)
      in_force_ = before_;
    if (how.result != outcome::kept)
      since_ = now;
    judged_at_ = 0;
    tuned_.judged(how);
  }

  bool carry_out(const decision& x, instant now) {
    last_reason = x.reason;
    if (x.moves.empty())
      return false;
    before_ = in_force_;
    for (const auto& move : x.moves) {
      moves_.push_back(move);
      times_.push_back(at_);
      in_force_[move.knob] = move.to;
    }
    since_ = now;
    judged_at_ = at_ + 30;
    return true;
  }

  policy& tuned_;
  knob_table knobs_;
  behaviour does_;
  settings in_force_;
  settings before_;
  sample_ring seen_{std::chrono::seconds{300}};
  std::vector<knob_move> moves_;
  std::vector<double> times_;
  instant since_{};
  double at_ = 0;
  double judged_at_ = 0;
};

inline knob_table batch_and_timeout(double size, double timeout_ms) {
  auto result = standard_knobs({size, timeout_ms, 1024});
  result.knobs.pop_back();
  return result;
}

inline knob_table other_knob(double initial, double min, double max) {
  return {{{"threads", knob_role::other, min, max, 1, "", initial, true}}};
}

} // namespace tuner::test
