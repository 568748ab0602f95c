#include "actors/metrics/exposition.hpp"
#include "actors/metrics/metric_table.hpp"
#include "tests/unit/observations.hpp"

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

using namespace tuner;
using namespace tuner::test;

namespace {

struct shown {
  std::shared_ptr<prometheus::Registry> registry =
    std::make_shared<prometheus::Registry>();

  std::string text() const {
    return prometheus::TextSerializer{}.Serialize(registry->Collect());
  }
  bool has(const std::string& line) const {
    return ('\n' + text()).find('\n' + line + '\n') != std::string::npos;
  }
};

change move(change_kind kind, double from, double to) {
  change result;
  result.kind = kind;
  result.moves = {{"batch_size", from, to, ""}};
  return result;
}

} // namespace

TEST_CASE("D1 all series exist at 0 from the start, with the exact names") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  for (std::string knob : {"batch_size", "batch_timeout_ms", "cache_size_mb"}) {
    for (std::string direction :
         {"increase", "decrease", "no_change", "initial"})
      CHECK(on.has(
        "auto_tuning_decisions_total{direction=\"" + direction
        + "\",parameter=\"" + knob + "\"} 0"));
    CHECK(on.has("auto_tuning_rollbacks_total{parameter=\"" + knob + "\"} 0"));
    CHECK(on.has("auto_tuning_" + knob + " 0"));
  }
}

TEST_CASE("D1 changes count by direction and show in the gauges") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  x.show(move(change_kind::initial, 32, 32));
  x.show(move(change_kind::tuning, 32, 40));
  x.show(move(change_kind::tuning, 40, 30));
  x.show(move(change_kind::tuning, 30, 22));
  CHECK(on.has("auto_tuning_batch_size 22"));
  x.show(move(change_kind::rollback, 22, 30));
  auto decisions = [&](std::string direction, int n) {
    return on.has(
      "auto_tuning_decisions_total{direction=\"" + direction
      + "\",parameter=\"batch_size\"} " + std::to_string(n));
  };
  CHECK(decisions("initial", 1));
  CHECK(decisions("increase", 1));
  CHECK(decisions("decrease", 2));
  CHECK(decisions("no_change", 0));
  CHECK(on.has("auto_tuning_rollbacks_total{parameter=\"batch_size\"} 1"));
  CHECK(on.has("auto_tuning_batch_size 30"));
}

TEST_CASE("D1 a look that holds counts as no change, advice as a decision") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  analysis look;
  look.held = {"batch_size"};
  look.moves = {{"cache_size_mb", 1, 2, ""}};
  x.show(look); // Not advice: it counts when it takes effect.
  look.advice_only = true;
  x.show(look);
  CHECK(on.has(
    "auto_tuning_decisions_total{direction=\"no_change\",parameter=\"batch_"
    "size\"} 2"));
  CHECK(on.has(
    "auto_tuning_decisions_total{direction=\"increase\",parameter=\"cache_"
    "size_mb\"} 1"));
}

TEST_CASE("D1 a named target adds its label and shares the registry") {
  shown on;
  exposition a{on.registry, "a", standard_knobs({})};
  exposition b{on.registry, "b", standard_knobs({})};
  a.show(move(change_kind::tuning, 32, 40));
  CHECK(on.has("auto_tuning_batch_size{target=\"a\"} 40"));
  CHECK(on.has("auto_tuning_batch_size{target=\"b\"} 0"));
}

TEST_CASE("A2 a knob of role other has a gauge labelled with its name") {
  shown on;
  exposition x{
    on.registry,
    "",
    {{{"beam_width", knob_role::other, 1, 9, 1, "", 4, true}}}};
  CHECK(on.has("auto_tuning_knob{parameter=\"beam_width\"} 0"));
}

TEST_CASE("D1 figures appear when they are known") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  x.show(observed({250, 20}));
  CHECK(on.has("auto_tuning_latency_p95_seconds 0.25"));
  CHECK(on.text().find("auto_tuning_queue_length") == std::string::npos);
  x.show(observation{});
  CHECK(
    on.text().find("auto_tuning_latency_p95_seconds Nan") != std::string::npos);
}
