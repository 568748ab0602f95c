#include "messages/fact_json.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cmath>

using namespace tuner;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

observation full_observation() {
  observation x;
  x.opened_at = instant{1'764'000'000'123'456us};
  x.closed_at = x.opened_at + 30s;
  x.completed = 14'400;
  x.failed = 2;
  x.offered = 14'403.0;
  x.latency_p50 = 12'300us;
  x.latency_p95 = 38ms;
  x.latency_p99 = 41ms;
  x.latency_mean = 13ms;
  x.batches = 600;
  x.batch_size_mean = 24;
  x.busy_workers = 0.41;
  x.cache_hit_ratio = 0.5;
  x.in_force = {{"batch_size", 32}, {"batch_timeout_ms", 6.65}};
  return x;
}

/// What comes back over text.
json::value sent(const json::object& x) {
  return json::parse(json::serialize(x));
}

} // namespace

TEST_CASE("E7 an observation comes back from its JSON as it was") {
  auto x = full_observation();
  auto back = observation_from(sent(to_json(x)));
  CHECK(to_json(back) == to_json(x));
  CHECK(back.opened_at == x.opened_at);
  CHECK(back.latency_p50 == x.latency_p50);
  CHECK(back.in_force == x.in_force);
  CHECK_FALSE(back.queue_length);
  auto written = to_json(x);
  CHECK(written.at("throughput_rps").to_number<double>() == 480);
  CHECK(
    written.at("offered_rps").to_number<double>() == doctest::Approx(480.1));
  CHECK(written.at("queue_length").is_null());
}

TEST_CASE(
  "E7 a change and its verdict come back from their JSON as they were") {
  change what;
  what.id = change_id{7};
  what.kind = change_kind::tuning;
  what.at = instant{1'764'000'000s};
  what.moves = {{"batch_size", 32, 23, "say \"why\"\n"}};
  what.evidence = full_observation();
  what.reason = "rescue: p95 26.1 ms misses 8 ms";
  what.considered = {{{{"batch_size", 23}}, 7.68, 0.148, true}};
  what.settle = 90s;
  what.step_back = true;
  CHECK(to_json(change_from(sent(to_json(what)))) == to_json(what));
  verdict how;
  how.id = what.id;
  how.result = outcome::rolled_back;
  how.at = what.at + 30s;
  how.reason = "p95 is 90 % higher";
  how.after = full_observation();
  how.numbers = {{"effect", 0.9}, {"endless", HUGE_VAL}};
  auto back = verdict_from(sent(to_json(how)));
  CHECK(to_json(back) == to_json(how));
  CHECK(std::isnan(back.numbers.at("endless")));
}

TEST_CASE("D4 an event shows its verdict only once it has one") {
  history_event x;
  x.target = "gpu0";
  x.what.id = change_id{3};
  x.what.kind = change_kind::tuning;
  x.what.moves = {{"batch_size", 32, 64, "because"}};
  auto open = event_json(x);
  CHECK(open.at("verdict") == "open");
  CHECK(open.at("verdict_at").is_null());
  x.judged.result = outcome::kept;
  x.judged.at = instant{10s};
  CHECK(event_json(x).at("verdict") == "kept");
  CHECK(event_json(x).at("verdict_at").to_number<double>() == 10);
  x.what.kind = change_kind::edit;
  CHECK(event_json(x).at("verdict").is_null());
  CHECK(decision_json(x).at("verdict_before").is_null());
}

TEST_CASE("E7 JSON that is no fact is refused") {
  for (const auto* text :
       {"{}", "[]", "null", R"({"id": 1})",
        R"({"id": "x", "kind": "tuning"})"}) {
    CAPTURE(text);
    CHECK_THROWS(change_from(json::parse(text)));
    CHECK_THROWS(verdict_from(json::parse(text)));
    CHECK_THROWS(observation_from(json::parse(text)));
  }
  auto odd = to_json(change{});
  odd["kind"] = "stumbled";
  CHECK_THROWS(change_from(odd));
}
