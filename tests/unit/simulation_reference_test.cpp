#include "tests/unit/simulation_recording.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// Draws small cases.
class case_source {
public:
  explicit case_source(uint64_t seed) : random_(seed) {}

  double between(double low, double high) {
    return low + (high - low) * random_.uniform();
  }
  double whole(int low, int high) {
    return low
      + static_cast<double>(
             random_.bits() % static_cast<uint64_t>(high - low + 1));
  }

  scenario host() {
    auto x = exact_host({whole(1, 9), between(0, 60), 256});
    x.service.workers = static_cast<uint32_t>(whole(1, 3));
    x.service.fixed_ms = between(0, 20);
    x.service.per_item_ms = between(0.1, 3);
    x.service.contention = between(0, 0.5);
    x.service.knee = {whole(1, 6), between(0, 4)};
    x.service.slowdowns = {{between(0, 1), between(1, 2), between(1, 3)}};
    return x;
  }

  std::vector<double> arrivals() {
    std::vector<double> result;
    auto gap = between(0.0005, 0.03);
    for (double at = 0; result.size() < 80;)
      result.push_back(at += between(0, 2 * gap));
    return result;
  }

private:
  example::random_source random_;
};

double service_s(const scenario& what, double n, double others, double at) {
  const auto& s = what.service;
  auto ms = s.fixed_ms + s.per_item_ms * n
    + s.knee.extra_ms_per_item * std::max(0.0, n - s.knee.batch);
  const auto& slow = s.slowdowns.at(0);
  return ms / 1e3 * (1 + s.contention * others)
    * (slow[0] <= at && at < slow[1] ? slow[2] : 1);
}

/// Batch after batch, not event after event. @returns each request's latency,
/// in the order in which they arrive.
std::vector<double>
reference(const scenario& what, const std::vector<double>& arrivals) {
  std::vector<double> latencies;
  std::vector<double> free_at(what.service.workers, 0);
  auto full = static_cast<size_t>(what.initial.batch_size);
  while (latencies.size() < arrivals.size()) {
    auto i = latencies.size();
    auto ready = arrivals[i] + what.initial.batch_timeout_ms / 1e3;
    if (i + full <= arrivals.size())
      ready = std::min(ready, arrivals[i + full - 1]);
    auto worker = std::ranges::min_element(free_at);
    auto begin = std::max(ready, *worker);
    auto size = std::min<size_t>(
      full,
      static_cast<size_t>(
        std::upper_bound(arrivals.begin(), arrivals.end(), begin)
        - arrivals.begin())
        - i);
    auto others =
      std::ranges::count_if(free_at, [&](auto x) { return x > begin; });
    *worker =
      begin
      + service_s(
        what, static_cast<double>(size), static_cast<double>(others), begin);
    for (; size > 0; --size)
      latencies.push_back(*worker - arrivals[latencies.size()]);
  }
  return latencies;
}

std::vector<double> arrivals_with(const scenario& what, uint64_t seed) {
  recording seen;
  simulated_host host{what, {}, seed, {&seen}};
  host.advance(60);
  host.set(knob::batch_size, 3);
  host.advance(120);
  return seen.arrivals;
}

std::vector<uint64_t> keys_with(const scenario& what, uint64_t seed) {
  recording seen;
  simulated_host host{what, {}, seed, {&seen}};
  host.advance(120);
  std::vector<uint64_t> result;
  for (const auto& [key, hit] : seen.lookups)
    result.push_back(key);
  return result;
}

} // namespace

TEST_CASE("E4 latencies are those of a reference simulation") {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    case_source source{seed};
    auto what = source.host();
    auto arrivals = source.arrivals();
    auto expected = reference(what, arrivals);
    auto seen = play(what, requests(arrivals));
    REQUIRE(seen.answers.size() == expected.size());
    std::ranges::sort(seen.answers, {}, [](const auto& x) {
      return x.at - x.latency; // When it arrived.
    });
    for (size_t i = 0; i < expected.size(); ++i)
      REQUIRE(seen.answers[i].latency == doctest::Approx(expected[i]));
  }
}

TEST_CASE("E4 every request is answered once, and no worker is invented") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    case_source source{seed};
    auto what = source.host();
    what.arrivals.kind = "on_off";
    what.arrivals.on_rate = source.between(10, 2000);
    what.arrivals.on_seconds = 3;
    what.arrivals.off_rate = 0;
    what.arrivals.off_seconds = 100;
    what.service.noise = 0.3;
    what.duration_seconds = 100;
    auto seen = play(what);
    REQUIRE(seen.answers.size() == seen.arrivals.size());
    size_t served = 0;
    for (const auto& x : seen.batches) {
      served += x.size;
      REQUIRE(x.size >= 1);
      REQUIRE(x.size <= static_cast<size_t>(what.initial.batch_size));
      REQUIRE(x.others < what.service.workers);
    }
    CHECK(served == seen.arrivals.size());
    CHECK(std::ranges::is_sorted(seen.answers, {}, &answer_seen::at));
  }
}

TEST_CASE("E4 the same seed gives the same arrivals, whatever the settings") {
  scenario what;
  what.arrivals.noise = 0.3;
  what.cache.emplace();
  auto other = what;
  other.initial = {1, 0, 4};
  other.service.workers = 4;
  other.service.noise = 1;
  auto arrivals = arrivals_with(what, 1);
  CHECK(arrivals.size() > 5000);
  CHECK(arrivals == arrivals_with(other, 1));
  CHECK(arrivals != arrivals_with(what, 2));
  auto keys = keys_with(what, 1);
  CHECK(keys.size() == arrivals.size());
  CHECK(keys == keys_with(other, 1));
  CHECK(keys != keys_with(what, 2));
}

TEST_CASE("E4 the same seed gives the same history") {
  scenario what;
  what.duration_seconds = 100;
  what.service.hiccups = {0.1, 50};
  what.cache.emplace();
  auto one = play(what);
  auto again = play(what);
  what.seed = 2;
  auto other = play(what);
  auto latencies = [](const recording& x) {
    std::vector<double> result;
    for (const auto& answer : x.answers)
      result.push_back(answer.latency);
    return result;
  };
  CHECK(latencies(one) == latencies(again));
  CHECK(one.lookups == again.lookups);
  CHECK(latencies(one) != latencies(other));
}
