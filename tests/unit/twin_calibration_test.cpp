#include "actors/analyzer/twin/calibration.hpp"
#include "tests/unit/climb_target.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace tuner;
using namespace tuner::twin;
using namespace tuner::test;

namespace {

/// A target with an objective of 80 ms, and how it keeps to it.
struct watched {
  explicit watched(double slo_ms = 80) { here.slo_ms = slo_ms; }

  void serve(double p95_ms, int seconds = 10, double rate = 100) {
    second_of_work work;
    work.load_rps = rate;
    work.p95_ms = p95_ms;
    while (seconds-- > 0)
      seen.learn(sample_of(work, {}, ++at), model, arrivals, here, {});
  }

  service_model model;
  traffic arrivals;
  situation here;
  calibration seen;
  double at = 0;
};

} // namespace

TEST_CASE("A5 windows near the objective prove the margin in ten minutes") {
  watched x;
  x.serve(77, 300);
  CHECK(x.seen.proven() == doctest::Approx(0.5));
  x.serve(77, 900);
  CHECK(x.seen.proven() == 1);
}

TEST_CASE("A5 a window over the objective takes half of the proof away") {
  watched x;
  x.serve(77, 600);
  x.serve(85);
  CHECK(x.seen.proven() == doctest::Approx(0.5));
  x.serve(85);
  CHECK(x.seen.proven() == doctest::Approx(0.25));
}

TEST_CASE("A5 windows far below the objective prove no margin") {
  watched x;
  x.serve(77);
  auto before = x.seen.proven();
  x.serve(40);
  CHECK(before > 0);
  CHECK(x.seen.proven() == before);
}

TEST_CASE("A5 a window of a few requests proves no margin, nor disproves it") {
  watched x;
  x.serve(77);
  auto before = x.seen.proven();
  x.serve(77, 10, 2);
  x.serve(200, 10, 2);
  CHECK(before > 0);
  CHECK(x.seen.proven() == before);
}

TEST_CASE("A10 without an objective there is no margin to prove") {
  watched x{std::numeric_limits<double>::infinity()};
  x.serve(77, 100);
  CHECK(x.seen.proven() == 0);
}
