#include "actors/model/line_fit.hpp"

#include <doctest/doctest.h>

using namespace tuner::model;

TEST_CASE("A5 a bend fit finds two lines that meet, whatever the weights") {
  bend_fit fit;
  auto value = [](double place) {
    return 5 + place + (place > 0 ? 6 * place : 0);
  };
  for (auto place : {-7.0, -3.0, -1.0, 0.0, 2.0, 3.0, 9.0})
    fit.add(1 + place * place, place, value(place));
  CHECK(fit.change() == doctest::Approx(6));
  for (auto place : {-10.0, 0.0, 1.0, 20.0})
    CHECK(fit.at(place) == doctest::Approx(value(place)));
  CHECK(fit.strength(0.1) == doctest::Approx(10 * fit.strength(1)));
}

TEST_CASE("A5 a bend fit of points on one side of the bend is a line") {
  for (auto side : {-1.0, 1.0}) {
    bend_fit fit;
    for (auto distance : {1.0, 2.0, 5.0, 6.0})
      fit.add(3, side * distance, 4 + 2 * distance);
    CHECK(fit.change() == 0);
    CHECK(fit.strength(0.1) == 0);
    CHECK(fit.at(side * 9) == doctest::Approx(4 + 2 * 9));
  }
}
