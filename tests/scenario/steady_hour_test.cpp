#include "tests/scenario/stage.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace tuner;
using namespace tuner::test;

namespace {

double
decisions(const rehearsal& on, const std::string& knob, const char* way) {
  return on
    .metric(
      std::string{"auto_tuning_decisions_total{direction=\""} + way
      + "\",parameter=\"" + knob + "\"}")
    .value_or(-1);
}

/// Plays an hour and holds history, log, counters and callbacks to each other.
void play_hour_and_compare(const steady_traffic& traffic, double memory) {
  CAPTURE(traffic.offered_rps);
  CAPTURE(milliseconds(traffic.latency));
  CAPTURE(memory);
  config c = threshold_config();
  c.tuner.history_size = 10'000;
  rehearsal on{c};
  on.memory_used_ratio = memory;
  on.play(1h, traffic);
  std::map<std::string, double> increases;
  std::map<std::string, double> decreases;
  long changes = 0;
  auto moved = standard_knobs({}).initial();
  for (const auto& event : history_of(on)) {
    CHECK(event.what.kind == change_kind::tuning);
    CHECK(logged(on, "change " + to_string(event.what.id) + ':') == 1);
    ++changes;
    for (const auto& move : event.what.moves) {
      CHECK(move.from == moved[move.knob]);
      moved[move.knob] = move.to;
      ++(move.to > move.from ? increases : decreases)[move.knob];
      CHECK_FALSE(move.reason.empty());
    }
  }
  CHECK(logged(on, "applier#") == 1 + 2 * changes); // Ready, change, verdict.
  CHECK(moved == on.host_runs_with);
  double moves = 0;
  for (const auto& [knob, value] : moved) {
    CHECK(decisions(on, knob, "increase") == increases[knob]);
    CHECK(decisions(on, knob, "decrease") == decreases[knob]);
    CHECK(decisions(on, knob, "initial") == 1);
    CHECK(on.metric("auto_tuning_" + knob) == value);
    CHECK(
      on.metric("auto_tuning_rollbacks_total{parameter=\"" + knob + "\"}")
      == 0);
    moves += increases[knob] + decreases[knob];
  }
  CHECK(static_cast<double>(on.calls.size()) == moves);
  CHECK(on.metric("auto_tuning_trials_total{verdict=\"kept\"}") == changes);
}

} // namespace

TEST_CASE("D3 over an accelerated hour history, log and counters agree") {
  play_hour_and_compare({25, 550ms}, 0.6);
  play_hour_and_compare({15, 1800ms}, 0.6);
  play_hour_and_compare({5, 420ms}, 0.6);
  play_hour_and_compare({60, 220ms}, 0.9);
  play_hour_and_compare({4, 420ms}, 0.3);
}

TEST_CASE("A1 an hour of tuning ends at the rule's floors and caps") {
  rehearsal low{threshold_config()};
  low.play(2h, {60, 1800ms});
  CHECK(low.host_runs_with[knob::batch_size] == 1);
  CHECK(low.host_runs_with[knob::batch_timeout] == 10);
  rehearsal high{threshold_config()};
  high.memory_used_ratio = 0.3;
  high.play(2h, {4, 420ms});
  CHECK(high.host_runs_with[knob::batch_size] == 128);
  CHECK(high.host_runs_with[knob::batch_timeout] == 200);
  CHECK(high.host_runs_with[knob::cache_size] == 8192);
}
