#include "actors/analyzer/twin/twin.hpp"

#include <doctest/doctest.h>

using namespace tuner;

namespace {

/// A second of single requests, of which more come than are served.
sample overloaded_second(instant opened_at, int second) {
  sample x;
  x.opened_at = opened_at;
  x.closed_at = opened_at + std::chrono::seconds{1};
  for (uint32_t at = 0; at < 1'000'000; at += 2000)
    x.arrivals_us.push_back(at);
  x.arrivals_until = std::chrono::seconds{1};
  x.offered = 500;
  x.batch_records.assign(90, {1, 0, 11});
  x.batches = x.batched_requests = x.completed = 90;
  x.workers = 1;
  x.queue_length = 410. * (second + 1);
  x.in_force = {{knob::batch_size, 1}, {knob::batch_timeout, 0}};
  return x;
}

/// @returns after how many seconds a target that starts then is rescued.
int rescued_after(instant start, duration set_back = {}) {
  twin::twin_policy policy{objective{.p95_slo_ms = 80}};
  if (set_back > duration{})
    policy.watch(overloaded_second(start + set_back, 0));
  auto knobs = standard_knobs({});
  for (int second = 0; second < 20; ++second) {
    policy.watch(
      overloaded_second(start + second * std::chrono::seconds{1}, second));
    if (!policy.urgent(knobs).moves.empty())
      return second + 1;
  }
  return -1;
}

} // namespace

TEST_CASE("A5 a start is rescued as soon on every clock") {
  auto after = rescued_after(instant{});
  CHECK(after == 4);
  CHECK(rescued_after(instant{std::chrono::hours{1}}) == after);
}

TEST_CASE("A5 a clock that is set back doesn't hold up the first rescue") {
  auto start = instant{std::chrono::hours{1}};
  auto after = rescued_after(start, std::chrono::hours{1});
  CHECK(after > 0);
  CHECK(after <= 4);
}
