#include "bench/soak.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tuner;

TEST_CASE(
  "E2 hours leave a node's memory, actors and descriptors as they are") {
  std::vector<soak_row> rows;
  soak({3, 2.5, 2}, [&](const soak_row& x) { rows.push_back(x); });
  REQUIRE(rows.size() >= 4);
  const auto& early = rows.front();
  const auto& late = rows.back();
  CHECK(late.hours >= 2.5);
  CHECK(late.actors == early.actors);
  CHECK(late.descriptors == early.descriptors);
  // What is left of windows that fill, and of batches of rare sizes.
  CHECK(
    late.heap_kib - late.journal_kib
    < 1.02 * (early.heap_kib - early.journal_kib));
}
