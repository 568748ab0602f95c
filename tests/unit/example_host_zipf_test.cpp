#include "app/example_host/zipf.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace tuner::example;

namespace {

/// How often each rank below `shown` came up; index 0 counts the others.
std::vector<double>
frequencies(const zipf& x, uint64_t shown, uint64_t ranks, int draws) {
  random_source random{7};
  std::vector<double> result(shown + 1);
  for (auto i = 0; i < draws; ++i) {
    auto rank = x.draw(random);
    REQUIRE(rank >= 1);
    REQUIRE(rank <= ranks);
    ++result[rank <= shown ? rank : 0];
  }
  return result;
}

double weights_up_to(uint64_t ranks, double exponent) {
  double result = 0;
  for (uint64_t k = 1; k <= ranks; ++k)
    result += std::pow(static_cast<double>(k), -exponent);
  return result;
}

} // namespace

TEST_CASE("E1 example host: the frequencies of ranks follow Zipf's law") {
  constexpr auto draws = 100'000;
  for (uint64_t ranks : {1, 2, 3, 100, 200'000})
    for (auto exponent : {0.0, 0.5, 0.9, 1.0, 1.0 + 1e-12, 1.5, 3.0}) {
      CAPTURE(ranks);
      CAPTURE(exponent);
      auto shown = std::min<uint64_t>(ranks, 100);
      auto seen = frequencies({ranks, exponent}, shown, ranks, draws);
      auto sum = weights_up_to(ranks, exponent);
      double rest = 1;
      for (uint64_t k = 1; k <= shown; ++k) {
        auto p = std::pow(static_cast<double>(k), -exponent) / sum;
        auto deviation = std::sqrt(draws * p * std::max(1 - p, 0.0));
        CAPTURE(k);
        CHECK(std::abs(seen[k] - draws * p) <= 5 * deviation + 2);
        rest -= p;
      }
      CHECK(std::abs(seen[0] - draws * rest) <= 5 * std::sqrt(draws) + 1);
    }
}

TEST_CASE("E1 example host: an exponent that is negative or no number draws "
          "uniformly") {
  for (auto exponent : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
    auto seen = frequencies({4, exponent}, 4, 4, 40'000);
    for (size_t k = 1; k <= 4; ++k)
      CHECK(seen[k] == doctest::Approx(10'000).epsilon(0.05));
  }
}

TEST_CASE("E1 example host: no ranks at all count as one") {
  random_source random{1};
  CHECK(zipf{0, 0.9}.draw(random) == 1);
  CHECK(zipf{1, 40}.draw(random) == 1);
}
