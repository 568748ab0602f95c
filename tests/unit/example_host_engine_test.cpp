#include "app/example_host/engine.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

using namespace tuner::example;

namespace {

using numbers = std::vector<float>;

/// What the engine answers to the keys from `first` on, in one batch.
numbers answers(engine& x, size_t worker, uint64_t first, size_t batch) {
  numbers in(batch * row_width);
  numbers out(batch * row_width, std::nanf(""));
  for (size_t i = 0; i < batch; ++i)
    make_input(first + i, std::span{in}.subspan(i * row_width, row_width));
  x.run(worker, in, out);
  return out;
}

/// Not a number if either row has one.
double largest_difference(std::span<const float> a, std::span<const float> b) {
  double result = 0;
  for (size_t i = 0; i < row_width; ++i) {
    auto difference = std::abs(static_cast<double>(a[i]) - b[i]);
    if (!(difference <= result))
      result = difference;
  }
  return result;
}

} // namespace

TEST_CASE("E1 example host: the engine answers a row the same in whatever "
          "batch it comes") {
  engine x{1};
  constexpr uint64_t rows = 300;
  std::vector<numbers> alone;
  for (uint64_t key = 0; key < rows; ++key)
    alone.push_back(answers(x, 0, key, 1));
  for (size_t batch : {2, 3, 7, 16, 33, 64, 127, 128, 129, 256, 300}) {
    CAPTURE(batch);
    auto first = rows - batch;
    auto together = answers(x, 0, first, batch);
    double worst = 0;
    for (size_t i = 0; i < batch; ++i) {
      auto row = std::span{together}.subspan(i * row_width, row_width);
      worst = std::max(worst, largest_difference(alone[first + i], row));
      REQUIRE(std::isfinite(row[0]));
    }
    CHECK(worst <= 1e-4);
  }
}

TEST_CASE("E1 example host: the engine answers different rows differently, "
          "with numbers of ordinary size") {
  engine x{1};
  auto out = answers(x, 0, 1, 2);
  auto rows = std::span{out};
  CHECK(largest_difference(rows.first(row_width), rows.last(row_width)) > 0.1);
  for (auto number : out) {
    CHECK(std::isfinite(number));
    CHECK(std::abs(number) < 100);
  }
}

TEST_CASE("E1 example host: two engines, and two workers of one at the same "
          "time, agree") {
  engine one{2};
  engine other{1};
  auto wanted = answers(other, 0, 1, 40);
  numbers a;
  numbers b;
  {
    std::jthread first{[&] { a = answers(one, 0, 1, 40); }};
    std::jthread second{[&] { b = answers(one, 1, 1, 40); }};
  }
  CHECK(a == wanted);
  CHECK(b == wanted);
}

TEST_CASE("E1 example host: the engine counts its weights and the memory of "
          "each worker") {
  constexpr size_t weights = 2 * 256 * 1024 + 3 * 1024 * 1024;
  auto one = engine{1}.bytes();
  auto two = engine{2}.bytes();
  auto three = engine{3}.bytes();
  CHECK(one > weights * sizeof(float));
  CHECK(two > one);
  CHECK(three - two == two - one);
}
