#include "app/simulation/load.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace tuner::simulation;

namespace {

/// @returns when requests arrive, up to `end` seconds.
std::vector<double>
arrivals(const arrivals_config& config, double end, uint64_t seed = 1) {
  std::vector<double> result;
  auto source = make_load(config, {}, seed);
  for (auto x = source->next(); x.at < end; x = source->next())
    result.push_back(x.at);
  REQUIRE(std::ranges::is_sorted(result));
  return result;
}

double count(const std::vector<double>& all, double from, double to) {
  return static_cast<double>(
    std::ranges::lower_bound(all, to) - std::ranges::lower_bound(all, from));
}

/// A Poisson count is within five standard deviations of its mean.
void check_count(double found, double mean) {
  CAPTURE(found);
  CAPTURE(mean);
  CHECK(std::abs(found - mean) <= 5 * std::sqrt(mean));
}

/// @returns variance ÷ mean of the counts per second: 1 for a Poisson process.
double dispersion(const std::vector<double>& all, double end) {
  double squares = 0;
  auto mean = static_cast<double>(all.size()) / end;
  for (double second = 0; second < end; ++second)
    squares += std::pow(count(all, second, second + 1) - mean, 2);
  return squares / end / mean;
}

arrivals_config steps(rows rates) {
  arrivals_config result;
  result.rates = std::move(rates);
  return result;
}

} // namespace

TEST_CASE("E4 a piecewise load keeps its rates, each from its second on") {
  for (uint64_t seed : {1, 2, 3}) {
    auto all =
      arrivals(steps({{0, 100}, {50, 300}, {100, 0}, {150, 20}}), 250, seed);
    check_count(count(all, 0, 50), 5000);
    check_count(count(all, 50, 100), 15'000);
    CHECK(count(all, 100, 150) == 0);
    check_count(count(all, 150, 250), 2000);
  }
}

TEST_CASE("E4 a rate steps at the right second") {
  auto all = arrivals(steps({{10, 10'000}, {20, 0}}), 30);
  REQUIRE_FALSE(all.empty());
  CHECK(all.front() >= 10);
  CHECK(all.front() < 10.005);
  CHECK(all.back() < 20);
  CHECK(all.back() > 19.995);
}

TEST_CASE("E4 nothing arrives at rate 0") {
  auto never = make_load(steps({{0, 0}}), {}, 1);
  CHECK(std::isinf(never->next().at));
  auto nothing = make_load(steps({}), {}, 1);
  CHECK(std::isinf(nothing->next().at));
  auto later = make_load(steps({{0, 0}, {86'400, 1}}), {}, 1);
  CHECK(later->next().at > 86'400);
}

TEST_CASE("E4 arrivals are Poisson, and carry no key") {
  auto all = arrivals(steps({{0, 50}}), 4000);
  check_count(static_cast<double>(all.size()), 200'000);
  CHECK(dispersion(all, 4000) == doctest::Approx(1).epsilon(0.1));
  std::vector<double> gaps;
  for (size_t i = 1; i < all.size(); ++i)
    gaps.push_back(all[i] - all[i - 1]);
  std::ranges::sort(gaps); // Half are shorter than ln 2 means.
  CHECK(
    gaps[gaps.size() / 2] == doctest::Approx(std::log(2) / 50).epsilon(0.02));
  CHECK_FALSE(make_load(steps({{0, 50}}), {}, 1)->next().has_key);
}

TEST_CASE("E4 a sine swings around its mean") {
  arrivals_config wave;
  wave.kind = "sine";
  wave.mean = 500;
  wave.amplitude = 400;
  wave.period_seconds = 100;
  auto all = arrivals(wave, 1000);
  check_count(static_cast<double>(all.size()), 500'000);
  double up = 0;
  double down = 0;
  for (double from = 0; from < 1000; from += 100) {
    up += count(all, from, from + 50);
    down += count(all, from + 50, from + 100);
  }
  // Over half a wave a sine is 2 / pi on average.
  check_count(up, 500 * (500 + 400 * 2 / 3.14159265));
  check_count(down, 500 * (500 - 400 * 2 / 3.14159265));
}

TEST_CASE("E4 a sine that goes below 0 is quiet there") {
  arrivals_config wave;
  wave.kind = "sine";
  wave.mean = 100;
  wave.amplitude = 200;
  wave.period_seconds = 100;
  auto all = arrivals(wave, 300);
  for (double from : {0, 100, 200}) {
    CHECK(count(all, from + 58.5, from + 91.6) == 0);
    CHECK(count(all, from, from + 58) > 10'000);
  }
}

TEST_CASE("E4 on and off take turns") {
  arrivals_config bursts;
  bursts.kind = "on_off";
  auto all = arrivals(bursts, 2400);
  for (double from = 0; from < 2400; from += 240) {
    check_count(count(all, from, from + 60), 54'000);
    check_count(count(all, from + 60, from + 240), 27'000);
  }
}

TEST_CASE("E4 an mmpp keeps its mean rate, in bursts") {
  arrivals_config bursts;
  bursts.kind = "mmpp";
  bursts.on_rate = 90;
  bursts.off_rate = 15;
  bursts.on_seconds = 6;
  bursts.off_seconds = 18;
  auto all = arrivals(bursts, 50'000);
  // The share of time that is on is good to 2.3 % in so many turns.
  CHECK(
    static_cast<double>(all.size()) / 50'000
    == doctest::Approx(33.75).epsilon(0.06));
  CHECK(dispersion(all, 50'000) > 10);
  bursts.off_rate = 0;
  auto gaps = arrivals(bursts, 50'000);
  CHECK(
    static_cast<double>(gaps.size()) / 50'000
    == doctest::Approx(22.5).epsilon(0.12));
}

TEST_CASE("E4 noise on the rate keeps its mean") {
  auto noisy = steps({{0, 100}});
  noisy.noise = 0.5;
  noisy.noise_seconds = 1;
  auto all = arrivals(noisy, 20'000);
  CHECK(
    static_cast<double>(all.size()) / 20'000
    == doctest::Approx(100).epsilon(0.02));
  // Poisson counts, and a factor of variance e^(0.5^2) - 1.
  CHECK(dispersion(all, 20'000) == doctest::Approx(1 + 28.4).epsilon(0.15));
  noisy.noise_seconds = 100; // A factor holds that long.
  CHECK(dispersion(arrivals(noisy, 100), 100) < 2);
}

TEST_CASE("E4 a load is the same for a seed, and differs between seeds") {
  for (auto kind : {"piecewise", "sine", "on_off", "mmpp"}) {
    CAPTURE(kind);
    arrivals_config config;
    config.kind = kind;
    config.noise = 0.2;
    auto one = arrivals(config, 100);
    CHECK(one.size() > 1000);
    CHECK(one == arrivals(config, 100));
    CHECK(one != arrivals(config, 100, 2));
  }
}
