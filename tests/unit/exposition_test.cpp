#include "actors/metrics/exposition.hpp"
#include "actors/metrics/metric_table.hpp"
#include "tests/unit/observations.hpp"

#include "messages/version.hpp"

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

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

TEST_CASE("D2 windows count by whether they met the objective") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  auto windows = [&](std::string result, int n) {
    return on.has(
      "auto_tuning_slo_windows_total{result=\"" + result + "\"} "
      + std::to_string(n));
  };
  x.show(observed({250, 20}));
  CHECK(windows("met", 0));
  CHECK(on.text().find("auto_tuning_slo_p95_seconds") == std::string::npos);
  x.show_objective(250);
  CHECK(on.has("auto_tuning_slo_p95_seconds 0.25"));
  x.show(observed({250, 20}));
  x.show(observed({251, 20}));
  x.show(observed({900, 20}));
  x.show(observation{}); // Without requests it says nothing.
  CHECK(windows("met", 1));
  CHECK(windows("missed", 2));
  x.show_objective({});
  x.show(observed({900, 20}));
  CHECK(windows("missed", 2));
}

TEST_CASE("D2 the bounds of each knob are shown, and of none not tuned") {
  shown on;
  knob_table knobs{
    {{"beam_width", knob_role::other, 1, 9, 1, "", 4, true},
     {"pinned", knob_role::other, 1, 9, 1, "", 9, false}}};
  exposition x{on.registry, "", knobs};
  CHECK(on.has("auto_tuning_knob_min{parameter=\"beam_width\"} 1"));
  CHECK(on.has("auto_tuning_knob_max{parameter=\"beam_width\"} 9"));
  CHECK(on.has("auto_tuning_knob_max{parameter=\"pinned\"} Nan"));
  knobs.knobs[1].enabled = true;
  x.show_bounds(knobs);
  CHECK(on.has("auto_tuning_knob_max{parameter=\"pinned\"} 9"));
}

TEST_CASE("D2 how long thinking took is a histogram") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  analysis look;
  look.thinking = std::chrono::nanoseconds{1953125};
  look.at = instant{std::chrono::seconds{100}};
  look.evidence.closed_at = look.at - std::chrono::milliseconds{125};
  x.show(look);
  CHECK(on.has("auto_tuning_decision_lag_seconds_sum 0.126953125"));
  const std::string name = "auto_tuning_decision_duration_seconds";
  CHECK(on.has(name + "_count 1"));
  CHECK(on.has(name + "_sum 0.001953125"));
  CHECK(on.has(name + "_bucket{le=\"0.001\"} 0"));
  CHECK(on.has(name + "_bucket{le=\"0.0025\"} 1"));
}

TEST_CASE("D2 one state is shown as 1, and none when tuning has ended") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  auto is = [&](std::string state, int n) {
    return on.has(
      "auto_tuning_state{state=\"" + state + "\"} " + std::to_string(n));
  };
  CHECK(is("enabled", 1));
  CHECK(is("degraded", 0));
  x.show(tuning_status{tuning_state::degraded, "an actor died"});
  CHECK(is("enabled", 0));
  CHECK(is("degraded", 1));
  x.show(tuning_status{tuning_state::disabled, "stopped"});
  CHECK(is("degraded", 0));
}

TEST_CASE("D2 journal, mailboxes and the build are shown") {
  shown on;
  exposition x{on.registry, "", standard_knobs({})};
  CHECK(on.text().find("journal") == std::string::npos);
  x.show_journal(true);
  CHECK(on.has("auto_tuning_journal_up 1"));
  x.show_journal(false);
  CHECK(on.has("auto_tuning_journal_up 0"));
  x.show_mailbox("analyzer", 3);
  CHECK(on.has("auto_tuning_mailbox_messages{actor=\"analyzer\"} 3"));
  CHECK(on.has(
    std::string{"auto_tuning_build_info{compiler=\""} + compiler()
    + "\",version=\"" + version() + "\"} 1"));
}

TEST_CASE("D2 every series shown is of a metric in the table") {
  shown on;
  exposition x{
    on.registry,
    "",
    {{{knob::batch_size, knob_role::batch_size, 1, 9, 1, "", 4, true},
      {"beam_width", knob_role::other, 1, 9, 1, "", 4, true}}}};
  x.show(observed({250, 20}));
  x.show_journal(true);
  x.show_mailbox("analyzer", 0);
  x.show_objective(1);
  analysis look;
  look.figures["prediction_error"] = 0.1;
  x.show(look);
  auto rows = metric::rows();
  for (const auto& family : on.registry->Collect()) {
    CAPTURE(family.name);
    CHECK(std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
      return row.name == family.name && row.help == family.help;
    }));
    for (const auto& series : family.metric)
      for (const auto& label : series.label) {
        CAPTURE(label.name);
        auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) {
          return r.name == family.name;
        });
        CHECK(std::string{row->labels}.find(label.name) != std::string::npos);
      }
  }
}
