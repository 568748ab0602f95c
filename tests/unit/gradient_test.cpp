#include "actors/analyzer/gradient.hpp"
#include "tests/unit/climb_target.hpp"

#include <doctest/doctest.h>

using namespace tuner;
using namespace tuner::test;

namespace {

/// Plays the target of a gradient policy.
struct gradient_case {
  gradient_policy policy;
  knob_table knobs = standard_knobs({32, 50, 1024});
  settings now = knobs.initial();
  double at = 0;

  void see(double ms, double rps = 60) {
    at += 1;
    policy.watch(sample_of({ms, rps}, now, at));
  }

  decision decide(double p50_ms) {
    observation seen;
    seen.opened_at = instant{};
    seen.closed_at = instant{from_seconds(at)};
    seen.completed = 1000;
    seen.latency_p50 = from_milliseconds(p50_ms);
    seen.in_force = now;
    return take(policy.decide(seen, knobs));
  }

  decision urgent() { return take(policy.urgent(knobs)); }

  decision take(decision x) {
    CHECK(x.moves.size() <= 1);
    for (const auto& move : x.moves) {
      CHECK(move.to != now.at(move.knob));
      CHECK_FALSE(move.reason.empty());
      now[move.knob] = move.to;
    }
    return x;
  }

  /// Makes `ms` times 3/4 the min-RTT.
  void probe(double ms) {
    decide(ms);
    see(ms);
    urgent();
  }

  double limit() const { return now.at(knob::batch_size); }
};

} // namespace

TEST_CASE("A7 gradient first measures the min-RTT at limit 3, then goes back") {
  gradient_case x;
  x.decide(30);
  CHECK(x.limit() == 3);
  CHECK(x.urgent().moves.empty());
  x.see(20, 30);
  CHECK(x.urgent().moves.empty()); // 30 of 50 requests.
  CHECK(x.decide(20).reason.find("30 of 50") != std::string::npos);
  x.see(20, 30);
  CHECK(x.urgent().moves.size() == 1);
  CHECK(x.limit() == 32);
  CHECK(
    x.policy.figures().at("min_rtt_ms") == doctest::Approx(15).epsilon(.02));
  x.see(20);
  CHECK(x.urgent().moves.empty());
}

TEST_CASE("A7 gradient steps by min-RTT over p50 and the root as headroom") {
  gradient_case x;
  x.probe(40); // Min-RTT 30 ms, with its buffer 37.5.
  auto min_rtt = x.policy.figures().at("min_rtt_ms");
  x.decide(1.25 * min_rtt); // Gradient 1: 32 + 5.66.
  CHECK(x.limit() == 37);
  x.decide(2.5 * min_rtt); // A half: 18.5 + 4.3.
  CHECK(x.limit() == 22);
}

TEST_CASE("A7 gradient never more than halves or doubles") {
  gradient_case x;
  x.probe(40);
  x.decide(1e6);
  CHECK(x.limit() == 20); // 16 + 4.
  x.decide(1e-3);
  CHECK(x.limit() == 46); // 40 + 6.3.
}

TEST_CASE("A7 gradient stays within 3 and 1000 and the bounds of the knob") {
  gradient_case x;
  x.probe(40);
  for (int i = 0; i < 12; ++i)
    x.decide(1);
  CHECK(x.limit() == 1000);
  x.knobs.knobs[0].max = 64;
  x.now[knob::batch_size] = 64;
  x.decide(1);
  CHECK(x.limit() == 64);
}

TEST_CASE(
  "A7 gradient probes again when the interval and its jitter are over") {
  gradient_case x;
  x.probe(40);
  x.at += 590;
  x.decide(37);
  CHECK(x.limit() != 3);
  x.at += 0.15 * 600 + 11;
  x.decide(37);
  CHECK(x.limit() == 3);
}

TEST_CASE("A7 gradient probes again after five updates at the minimum") {
  gradient_case x;
  x.knobs.knobs[0].min = 3;
  x.knobs.knobs[0].max = 3;
  x.now[knob::batch_size] = 3;
  x.probe(40);
  for (int i = 0; i < 5; ++i)
    CHECK(x.decide(300).reason.find("gradient") != std::string::npos);
  CHECK(x.decide(300).reason.find("probe") != std::string::npos);
}

TEST_CASE("A7 gradient does not probe soon again after an undone probe") {
  gradient_case x;
  x.decide(30);
  verdict undone;
  undone.result = outcome::rolled_back;
  x.now = x.knobs.initial();
  x.policy.judged(undone);
  CHECK(x.decide(30).moves.empty());
  x.at += 601;
  x.decide(30);
  CHECK(x.limit() == 3);
}

TEST_CASE("A7 gradient leaves off when somebody else moves the limit") {
  gradient_case x;
  x.decide(30);
  x.see(20);
  x.now[knob::batch_size] = 50;
  x.see(20);
  CHECK(x.urgent().moves.empty());
  x.decide(1e6);
  CHECK(x.limit() == 30); // 25 + 5: from where it is.
}

TEST_CASE("A7 gradient stays within bounds whatever it sees") {
  std::mt19937_64 random{5};
  const double odd[] = {NAN, HUGE_VAL, -3, 0, 1e300, 17, 3};
  gradient_policy policy;
  for (int i = 0; i < 5000; ++i) {
    auto knobs = standard_knobs({32, 50, 1024});
    knobs.knobs[0].enabled = random() % 5 > 0;
    settings now{{knob::batch_size, odd[random() % 7]}};
    policy.watch(sample_of({1, 60}, now, static_cast<double>(random() % 5000)));
    observation seen;
    seen.completed = random() % 3;
    seen.closed_at =
      instant{duration{static_cast<int64_t>(random() % (1ull << 62))}};
    seen.latency_p50 = duration{static_cast<int64_t>(random())};
    seen.in_force = now;
    auto x = random() % 2 ? policy.decide(seen, knobs) : policy.urgent(knobs);
    for (const auto& move : x.moves) {
      CHECK(move.to >= 1);
      CHECK(move.to <= 4096);
      CHECK(move.to != move.from);
    }
  }
}
