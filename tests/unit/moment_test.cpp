#include "actors/watchdog/moment.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace tuner;

namespace {

/// A second of so many arrivals, evenly spread from its beginning on.
sample second_of(uint32_t arrivals) {
  sample x;
  x.opened_at = instant{std::chrono::seconds{100}};
  x.closed_at = x.opened_at + std::chrono::seconds{1};
  x.arrivals_until = std::chrono::seconds{1};
  for (uint32_t i = 0; i < arrivals; ++i)
    x.arrivals_us.push_back(
      static_cast<uint32_t>(uint64_t{1'000'000} * i / arrivals));
  return x;
}

double farthest_off(uint32_t arrivals) {
  auto x = second_of(arrivals);
  arrival_record kept{x};
  CHECK(kept.count() == arrivals);
  std::vector<double> seen;
  kept.append_to(seen, instant{std::chrono::seconds{90}});
  REQUIRE(seen.size() == arrivals);
  double result = 0;
  for (size_t i = 0; i < seen.size(); ++i)
    result = std::max(
      result,
      std::abs(seen[i] - 10 - 1e-6 * static_cast<double>(x.arrivals_us[i])));
  return result;
}

} // namespace

TEST_CASE("B5 a judge knows when few requests arrived to a tenth of a "
          "millisecond, and many to one") {
  CHECK(farthest_off(7) <= 0.51e-4);
  CHECK(farthest_off(333) <= 0.51e-4);
  CHECK(farthest_off(1000) <= 0.51e-4);
  CHECK(farthest_off(4000) <= 1e-3);
}
