#include "actors/analyzer/threshold.hpp"
#include "tests/unit/observations.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

/// One line of the tables below: with these figures, the knob goes from `from`
/// to `to`; the same value means that it stays.
struct row {
  double p95_ms;
  double rps;
  double memory_used_ratio;
  double from;
  double to;
};

double after(const char* knob, const row& x, const knob_table& knobs) {
  auto in_force = knobs.initial();
  in_force[knob] = x.from;
  auto seen = observed({x.p95_ms, x.rps, -1, x.memory_used_ratio}, in_force);
  auto policy = threshold_policy{threshold_params{}};
  for (const auto& move : policy.decide(seen, knobs).moves)
    if (move.knob == knob) {
      CHECK(move.from == x.from);
      CHECK_FALSE(move.reason.empty());
      CHECK(move.to != move.from);
      return move.to;
    }
  return x.from;
}

void check_table(const char* knob, const std::vector<row>& rows) {
  for (const auto& x : rows) {
    CAPTURE(x.p95_ms);
    CAPTURE(x.rps);
    CAPTURE(x.memory_used_ratio);
    CAPTURE(x.from);
    CHECK(after(knob, x, standard_knobs({})) == x.to);
  }
}

constexpr double quiet = 0.6; // Memory use at which the cache stays.

} // namespace

TEST_CASE("A3 threshold: the batch size follows p95 and throughput") {
  check_table(
    knob::batch_size,
    {
      // High latency shrinks, whatever the throughput.
      {1800, 15, quiet, 32, 24},
      {1001, 15, quiet, 32, 24},
      {1000.001, 15, quiet, 32, 24},
      {1000, 15, quiet, 32, 32}, // On the boundary it holds.
      {999.999, 15, quiet, 32, 32},
      {1800, 5, quiet, 32, 24},
      {1800, 60, quiet, 32, 24},
      {3600e3, 15, quiet, 32, 24},
      // Results truncate; 1 is the floor.
      {1800, 15, quiet, 128, 96},
      {1800, 15, quiet, 100, 75},
      {1800, 15, quiet, 10, 7},
      {1800, 15, quiet, 7, 5},
      {1800, 15, quiet, 5, 3},
      {1800, 15, quiet, 4, 3},
      {1800, 15, quiet, 3, 2},
      {1800, 15, quiet, 2, 1},
      {1800, 15, quiet, 1, 1},
      {1800, 15, quiet, 200, 150},
      // Low throughput with good latency grows.
      {420, 5, quiet, 16, 20},
      {420, 9.99, quiet, 16, 20},
      {420, 10, quiet, 16, 16}, // On the boundary it holds.
      {420, 10.01, quiet, 16, 16},
      {499.999, 5, quiet, 16, 20},
      {500, 5, quiet, 16, 16}, // On the boundary it holds.
      {500.001, 5, quiet, 16, 16},
      {1000, 5, quiet, 16, 16},
      {0, 5, quiet, 16, 20},
      // Results truncate; 128 is the cap.
      {420, 5, quiet, 1, 1},
      {420, 5, quiet, 2, 2},
      {420, 5, quiet, 3, 3},
      {420, 5, quiet, 4, 5},
      {420, 5, quiet, 5, 6},
      {420, 5, quiet, 102, 127},
      {420, 5, quiet, 103, 128},
      {420, 5, quiet, 120, 128},
      {420, 5, quiet, 127, 128},
      {420, 5, quiet, 128, 128},
      {420, 5, quiet, 200, 200}, // Growing never shrinks.
                                 // In between it holds.
      {550, 25, quiet, 32, 32},
      {220, 60, quiet, 32, 32},
    });
}

TEST_CASE("A3 threshold: the batch timeout follows throughput") {
  check_table(
    knob::batch_timeout,
    {
      {220, 60, quiet, 50, 37},
      {220, 50.01, quiet, 50, 37},
      {220, 50, quiet, 50, 50}, // On the boundary it holds.
      {220, 49.99, quiet, 50, 50},
      {1800, 60, quiet, 50, 37},
      // Results truncate; 10 ms is the floor.
      {220, 60, quiet, 200, 150},
      {220, 60, quiet, 37, 27},
      {220, 60, quiet, 15, 11},
      {220, 60, quiet, 14, 10},
      {220, 60, quiet, 13, 10},
      {220, 60, quiet, 11, 10},
      {220, 60, quiet, 10.5, 10},
      {220, 60, quiet, 10, 10},
      {220, 60, quiet, 5, 5}, // Shrinking never grows.
      {220, 60, quiet, 0.2, 0.2},
      // Low throughput grows.
      {420, 4.99, quiet, 50, 75},
      {420, 5, quiet, 50, 50}, // On the boundary it holds.
      {420, 5.01, quiet, 50, 50},
      {1800, 1, quiet, 50, 75},
      // Results truncate; 200 ms is the cap.
      {420, 1, quiet, 1, 1},
      {420, 1, quiet, 3, 4},
      {420, 1, quiet, 133, 199},
      {420, 1, quiet, 134, 200},
      {420, 1, quiet, 199, 200},
      {420, 1, quiet, 200, 200},
      {420, 1, quiet, 300, 300}, // Growing never shrinks.
    });
}

TEST_CASE("A3 threshold: the cache size follows memory use") {
  check_table(
    knob::cache_size,
    {
      {600, 20, 0.81, 4096, 3072},
      {600, 20, 0.8001, 4096, 3072},
      {600, 20, 0.80, 4096, 4096}, // On the boundary it holds.
      {600, 20, 0.7999, 4096, 4096},
      {600, 20, 1.00, 4096, 3072},
      // Results truncate; 1024 MiB is the floor.
      {600, 20, 0.9, 8192, 6144},
      {600, 20, 0.9, 1367, 1025},
      {600, 20, 0.9, 1365, 1024},
      {600, 20, 0.9, 1025, 1024},
      {600, 20, 0.9, 1024, 1024},
      {600, 20, 0.9, 512, 512}, // Shrinking never grows.
      // Memory to spare grows.
      {600, 20, 0.49, 4096, 5120},
      {600, 20, 0.4999, 4096, 5120},
      {600, 20, 0.50, 4096, 4096}, // On the boundary it holds.
      {600, 20, 0.5001, 4096, 4096},
      {600, 20, 0.0, 4096, 5120},
      // Results truncate; 8192 MiB is the cap.
      {600, 20, 0.4, 1025, 1281},
      {600, 20, 0.4, 6553, 8191},
      {600, 20, 0.4, 6554, 8192},
      {600, 20, 0.4, 8191, 8192},
      {600, 20, 0.4, 8192, 8192},
      {600, 20, 0.4, 9000, 9000}, // Growing never shrinks.
    });
}

TEST_CASE("A3 threshold: unknown memory use leaves the cache alone") {
  auto knobs = standard_knobs({});
  auto seen = observed({600, 20}, knobs.initial());
  seen.memory_used_ratio = {};
  CHECK(threshold_policy{{}}.decide(seen, knobs).moves.empty());
}

TEST_CASE("A3 threshold: the three rules are independent of each other") {
  auto knobs = standard_knobs({});
  auto seen = observed({1800, 60, -1, 0.9}, knobs.initial());
  auto moves = threshold_policy{{}}.decide(seen, knobs).moves;
  CHECK(
    to_string(moves)
    == "batch_size 32 -> 24, batch_timeout_ms 50 -> 37, "
       "cache_size_mb 4096 -> 3072");
}

TEST_CASE("A3 threshold: every constant is a parameter") {
  threshold_params p;
  p.batch_decrease_above_p95_ms = 20;
  p.batch_decrease_factor = 0.5;
  p.batch_floor = 12;
  auto knobs = standard_knobs({});
  auto seen = observed({21, 20}, knobs.initial());
  auto moves = threshold_policy{p}.decide(seen, knobs).moves;
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].to == 16);
  seen.in_force[knob::batch_size] = 16;
  CHECK(threshold_policy{p}.decide(seen, knobs).moves[0].to == 12);
}

TEST_CASE("A1 each standard knob keeps within its own bounds") {
  auto knobs = standard_knobs({});
  knobs.knobs[0].min = 28;
  auto seen = observed({1800, 20}, knobs.initial());
  auto moves = threshold_policy{{}}.decide(seen, knobs).moves;
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].to == 28);
}

TEST_CASE("C2 a knob that is switched off is left alone") {
  auto knobs = standard_knobs({});
  knobs.knobs[0].enabled = false;
  auto seen = observed({1800, 60}, knobs.initial());
  auto moves = threshold_policy{{}}.decide(seen, knobs).moves;
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].knob == knob::batch_timeout);
}
