#include "actors/watchdog/effect.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace tuner;

namespace {

const double tolerated = std::log(1.2);

/// Deviations that scatter by `spread` around `level`.
std::vector<deviation>
scattered(size_t count, double level, double spread, unsigned seed = 1) {
  std::mt19937 random{seed};
  std::normal_distribution<double> z{level, spread};
  std::vector<deviation> result;
  for (size_t i = 0; i < count; ++i) {
    auto x = z(random);
    result.push_back({instant{}, x, x});
  }
  return result;
}

} // namespace

TEST_CASE("B5 what the model is off by before a change is not its effect") {
  auto seen =
    compare(scattered(30, 0.3, 0.01), scattered(15, 0.3, 0.01, 2), tolerated);
  CHECK(seen.p95.value == doctest::Approx(0).epsilon(0.02));
  CHECK(seen.harmless(tolerated));
  CHECK_FALSE(seen.suspicious(tolerated));
}

TEST_CASE("B5 half slower is suspect from three windows on, not from one") {
  auto before = scattered(30, 0, 0.03);
  auto slower = [&](size_t m) {
    return compare(before, scattered(m, std::log(1.5), 0.03, 2), tolerated);
  };
  CHECK_FALSE(slower(1).suspicious(tolerated));
  CHECK_FALSE(slower(2).suspicious(tolerated));
  CHECK(slower(4).suspicious(tolerated));
  CHECK_FALSE(slower(4).harmless(tolerated));
}

TEST_CASE("B5 twice as slow is suspect at once") {
  auto seen = compare(
    scattered(30, 0, 0.03), scattered(2, std::log(2.2), 0.03, 2), tolerated);
  CHECK(seen.suspicious(tolerated));
}

TEST_CASE("B5 noise widens the error until nothing can be said") {
  auto seen =
    compare(scattered(30, 0, 0.5), scattered(15, 0.2, 0.5, 2), tolerated);
  CHECK_FALSE(seen.suspicious(tolerated));
  CHECK_FALSE(seen.harmless(tolerated));
}

TEST_CASE("B5 chance alone makes hardly any trial suspect") {
  int suspect = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    auto before = scattered(25, 0, 0.15, 2 * seed);
    auto after = scattered(45, 0, 0.15, 2 * seed + 1);
    auto ever = false;
    for (size_t m = 2; m <= after.size(); ++m)
      ever = ever
        || compare(
             before, {after.begin(), after.begin() + static_cast<long>(m)},
             tolerated)
             .suspicious(tolerated);
    suspect += ever;
  }
  CHECK(suspect <= 5);
}

TEST_CASE("B5 without windows there is nothing to say") {
  for (const auto& seen :
       {compare({}, {}, tolerated),
        compare(scattered(10, 0, 0.1), {}, tolerated)}) {
    CHECK_FALSE(seen.suspicious(tolerated));
    CHECK_FALSE(seen.harmless(tolerated));
  }
}

TEST_CASE("B5 what lasts counts for more than what flickers") {
  std::vector<double> lasting;
  std::vector<double> flickering;
  for (int i = 0; i < 48; ++i) {
    lasting.push_back(i / 8 % 2);
    flickering.push_back(i % 2);
  }
  CHECK(long_run_variance(lasting, 8) > 2 * long_run_variance(flickering, 8));
}
