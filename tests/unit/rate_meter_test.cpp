#include "actors/monitor/window.hpp"
#include "actors/watchdog/judge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

constexpr int change_second = 60;

/// A host that reports no latencies. One change is made at 60 s, and judged by
/// `auto` as the watchdog does it.
struct rated_host {
  /// Requests per second that complete, and that are offered.
  std::function<double(int second, bool on_new)> completed;
  std::function<double(int second)> offered; ///< Without: unknown.
  double noise = 0.05;                       ///< Of the rate in each second.
  uint64_t seed = 1;
  judge_params params;
};

struct trial_end {
  outcome result = outcome::open;
  std::string reason;
  std::map<std::string, double> numbers;
  bool doubted = false;
  int seconds = 0;        ///< After the change.
  int seconds_on_new = 0; ///< Of these.
};

class rated_trial {
public:
  explicit rated_trial(const rated_host& x)
    : host_(x), luck_(x.seed), by_(make_judge(x.params)) {}

  trial_end play() {
    for (int i = 0; i < change_second; ++i)
      pass(i);
    change what;
    what.id = change_id{1};
    what.at = at(change_second);
    what.moves = {{"pool_mb", 32, 64, ""}};
    auto before = samples_.window(what.at - 30s, what.at);
    by_->begin(what);
    move(change_second, true);
    for (int i = change_second; result_.result == outcome::open; ++i) {
      pass(i);
      result_.seconds = i + 1 - change_second;
      result_.seconds_on_new += on_new_;
      auto scheduled = result_.seconds % 30 == 0;
      auto last = result_.seconds >= (result_.doubted ? 120 : 90);
      auto after = samples_.window(what.at, at(i + 1));
      follow(by_->look({what, before, after, at(i + 1), scheduled, last}), i);
      if (last && result_.result == outcome::open)
        result_.result = outcome::inconclusive;
    }
    by_->end(result_.result);
    return result_;
  }

private:
  static instant at(int second) {
    return instant{std::chrono::seconds{1000 + second}};
  }

  void pass(int second) {
    std::normal_distribution<double> normal{0, host_.noise};
    sample x;
    x.opened_at = at(second);
    x.closed_at = at(second + 1);
    auto rate = host_.completed(second, on_new_) * std::exp(normal(luck_));
    x.completed =
      std::poisson_distribution<uint64_t>{std::max(rate, 1e-9)}(luck_);
    if (host_.offered)
      x.offered = host_.offered(second);
    x.in_force = {{"pool_mb", on_new_ ? 64 : 32}};
    x.in_force_since = since_;
    by_->watch(x);
    samples_.push(x);
  }

  void move(int second, bool to_new) {
    on_new_ = to_new;
    since_ = at(second);
  }

  void follow(const std::optional<verdict>& x, int second) {
    if (!x)
      return;
    result_.reason = x->reason;
    result_.numbers = x->numbers;
    if (ends_trial(x->result)) {
      result_.result = x->result;
      return;
    }
    result_.doubted = true;
    move(second + 1, x->result == outcome::retried);
    by_->moved(since_);
  }

  const rated_host& host_;
  std::mt19937_64 luck_;
  std::unique_ptr<judge> by_;
  sample_ring samples_{10min};
  bool on_new_ = false;
  instant since_{};
  trial_end result_;
};

trial_end judged(const rated_host& x) {
  return rated_trial{x}.play();
}

/// @returns what completes where the new settings take this share of it.
auto steady(double rps, double share = 1) {
  return [=](int, bool on_new) { return on_new ? share * rps : rps; };
}

} // namespace

TEST_CASE("B5 without latencies steady throughput is kept, however noisy") {
  int inconclusive = 0;
  for (double noise : {0.0, 0.05, 0.15})
    for (double rps : {5.0, 50.0, 20'000.0})
      for (uint64_t seed = 1; seed <= 200; ++seed) {
        auto seen = judged({steady(rps), {}, noise, seed, {}});
        CAPTURE(seen.reason);
        CHECK(seen.result != outcome::rolled_back);
        inconclusive += seen.result == outcome::inconclusive;
      }
  CHECK(inconclusive < 90); // Of 1800.
}

TEST_CASE("B3 without latencies 30 % less throughput is undone at once and "
          "blamed before the first check") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    auto seen = judged({steady(2000, 0.7), {}, 0.05, seed, {}});
    CAPTURE(seen.reason);
    CHECK(seen.result == outcome::rolled_back);
    CHECK(seen.reason.find("throughput is ") == 0);
    CHECK(seen.reason.find("once more") != std::string::npos);
    CHECK(seen.numbers.at("throughput_ratio") < 0.8);
    CHECK(seen.seconds <= 30);
    CHECK(seen.seconds_on_new < 20);
  }
}

TEST_CASE("B3 without latencies less throughput is tolerated up to the "
          "threshold") {
  auto tolerated = judged({steady(20'000, 0.88), {}, 0, 1, {}});
  CHECK(tolerated.result == outcome::kept);
  judge_params strict;
  strict.degradation_threshold = 0.1;
  auto undone = judged({steady(20'000, 0.82), {}, 0, 1, strict});
  CHECK(undone.result == outcome::rolled_back);
}

TEST_CASE("B5 without latencies more throughput is kept at the first check") {
  auto seen = judged({steady(2000, 1.5), {}, 0.05, 1, {}});
  CHECK(seen.result == outcome::kept);
  CHECK(seen.seconds == 30);
}

TEST_CASE("B5 without latencies a host that serves nothing is found out") {
  auto seen = judged({steady(50, 0), {}, 0.05, 1, {}});
  CHECK(seen.result == outcome::rolled_back);
}

TEST_CASE("A10 load that falls while it is known that less is offered is not "
          "blamed") {
  auto falling = [](int second) { return second < 63 ? 2000.0 : 600.0; };
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    auto seen = judged(
      {[=](int second, bool) { return falling(second); },
       falling,
       0.05,
       seed,
       {}});
    CAPTURE(seen.reason);
    CHECK(seen.result == outcome::kept);
    CHECK_FALSE(seen.doubted);
  }
}

TEST_CASE("B3 completing 30 % less of what is offered is blamed") {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    auto seen =
      judged({steady(2000, 0.7), [](int) { return 2000.0; }, 0.05, seed, {}});
    CHECK(seen.result == outcome::rolled_back);
    CHECK(seen.seconds <= 30);
  }
}

TEST_CASE("B5 load that falls and nobody says so: the old settings show that "
          "they are no better") {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    auto seen = judged(
      {[](int second, bool) { return second < 63 ? 2000.0 : 600.0; },
       {},
       0.05,
       seed,
       {}});
    CAPTURE(seen.reason);
    CHECK(seen.doubted);
    CHECK(seen.result != outcome::rolled_back);
  }
}

TEST_CASE("B5 an objective for latencies that nobody knows excuses nothing") {
  judge_params params;
  params.p95_slo_ms = 100;
  CHECK(
    judged({steady(2000, 0.7), {}, 0.05, 1, params}).result
    == outcome::rolled_back);
}
