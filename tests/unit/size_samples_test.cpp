#include "actors/model/size_samples.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace tuner::model;

namespace {

/// ln of seconds about -4, a tenth more for each batch beside.
double drawn(std::mt19937_64& random, double k) {
  std::normal_distribution<double> noise{0, 0.08};
  return -4 + 0.1 * k + noise(random);
}

} // namespace

TEST_CASE("A5 sums say of a size what its samples would") {
  std::mt19937_64 random{3};
  size_samples seen;
  double seconds = 0, k = 0, y = 0, kk = 0, ky = 0, yy = 0;
  constexpr int n = 150;
  for (int i = 0; i < n; ++i) {
    auto beside = static_cast<double>(i % 4);
    auto x = drawn(random, beside);
    seen.add(x, beside);
    seconds += std::exp(x) / (1 + 0.3 * beside);
    k += beside;
    y += x;
    kk += beside * beside;
    ky += beside * x;
    yy += x * x;
  }
  auto sums = seen.sums();
  CHECK(sums.count == doctest::Approx(n));
  CHECK(sums.variation_of_k() == doctest::Approx(kk - k * k / n));
  CHECK(sums.covariation() == doctest::Approx(ky - k * y / n));
  CHECK(sums.variation_of_y() == doctest::Approx(yy - y * y / n));
  CHECK(seen.mean_seconds(0.3) == doctest::Approx(seconds / n));
}

TEST_CASE("A5 a size forgets what is long past, but not how it usually was") {
  size_samples seen;
  for (int i = 0; i < 3000; ++i)
    seen.add(-4, 0);
  for (int i = 0; i < 1000; ++i)
    seen.add(-5, 0);
  auto sums = seen.sums();
  CHECK(sums.count == doctest::Approx(size_samples::short_memory));
  CHECK(sums.y / sums.count == doctest::Approx(-5).epsilon(0.01));
  CHECK(seen.long_run().y / seen.long_run().count == doctest::Approx(-4.25));
  for (int i = 0; i < 10'000; ++i)
    seen.add(-5, 0);
  CHECK(seen.long_run().count == doctest::Approx(size_samples::long_memory));
}

TEST_CASE("A5 a size whose company changes for ever stays small and sane") {
  std::mt19937_64 random{4};
  size_samples seen;
  for (int i = 0; i < 300'000; ++i) {
    auto company = i < 150'000 ? 1024.0 : 1.0;
    seen.add(
      drawn(random, 0), std::floor(std::pow(company, 1e-3 * (i % 1000))));
  }
  for (int i = 0; i < 200'000; ++i) // Until all else is a zero.
    seen.add(-4, 2);
  auto sums = seen.sums();
  CHECK(sums.variation_of_k() < 1e-3);
  CHECK(sums.k / sums.count == doctest::Approx(2).epsilon(1e-3));
  CHECK(seen.mean_seconds(0.5) == doctest::Approx(std::exp(-4) / 2));
}

TEST_CASE("A9 a size goes on from its memory with the same sums") {
  std::mt19937_64 random{5};
  size_samples seen;
  for (int i = 0; i < 700; ++i)
    seen.add(drawn(random, i % 3), i % 3);
  auto next = size_samples::from(seen.memory(8));
  auto [before, after] = std::pair{seen.sums(), next.sums()};
  CHECK(after.count == doctest::Approx(before.count));
  CHECK(after.k == doctest::Approx(before.k));
  CHECK(after.y == doctest::Approx(before.y));
  CHECK(after.covariation() == doctest::Approx(before.covariation()));
  CHECK(after.variation_of_k() == doctest::Approx(before.variation_of_k()));
  CHECK(after.variation_of_y() == doctest::Approx(before.variation_of_y()));
  CHECK(
    next.mean_seconds(0.1)
    == doctest::Approx(seen.mean_seconds(0.1)).epsilon(1e-3));
  CHECK(next.long_run().count == seen.long_run().count);
}
