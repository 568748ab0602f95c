#include "config/diff.hpp"
#include "config/loader.hpp"

#include <doctest/doctest.h>

using namespace tuner;

namespace {

using paths = std::vector<std::string>;

config with(const std::string& text) {
  auto result = load_config_text(text, "test");
  for (const auto& x : result.errors)
    FAIL_CHECK(to_string(x));
  return result.value;
}

} // namespace

TEST_CASE("E6 a config that says the same in other words has not changed") {
  auto same = difference(
    with("{}"), with(R"({"tuner": {"min_rps": 0.0}, "targets": []})"));
  CHECK(same.live.empty());
  CHECK(same.fixed.empty());
  CHECK(refusal_to_change(same).empty());
}

TEST_CASE("E6 what decides and judges can change live, and is named") {
  auto x = difference(
    with(R"({"tuner": {"slo": {"p95_latency_ms": 8},
                       "watchdog": {"per_knob": {"batch_size": 0.1}},
                       "freeze": [{"cron": "* * * * *", "minutes": 1}]}})"),
    with(R"({"tuner": {"slo": {"p95_latency_ms": null}, "mode": "advise",
                       "enable_batch_size_tuning": false,
                       "watchdog": {"per_knob": {"cache_size_mb": 0.3},
                                    "check_delay_seconds": 10},
                       "freeze": [{"cron": "* * * * *", "minutes": 2}]},
             "logging": {"level": "debug", "levels": {"host": "off"}}})"));
  CHECK(
    x.live
    == paths{
      "tuner.mode", "tuner.enable_batch_size_tuning",
      "tuner.slo.p95_latency_ms", "tuner.watchdog.check_delay_seconds",
      "tuner.watchdog.per_knob.batch_size",
      "tuner.watchdog.per_knob.cache_size_mb", "tuner.freeze[0].minutes",
      "logging.level", "logging.levels.host"});
  CHECK(x.fixed.empty());
  CHECK(refusal_to_change(x).empty());
}

TEST_CASE("E6 a list of another length is named as a whole") {
  auto x = difference(
    with(R"({"tuner": {"freeze": [{"cron": "* * * * *", "minutes": 1}]}})"),
    with("{}"));
  CHECK(x.live == paths{"tuner.freeze"});
}

TEST_CASE("E6 what needs a new start is named, all of it, and refused") {
  auto x = difference(
    with(R"({"targets": [{"name": "a"}], "tuner": {"enabled": true}})"),
    with(R"({"enabled": false,
             "tuner": {"min_rps": 1, "history_size": 5},
             "batcher": {"max_batch_size": 8}, "cache": {"max_memory_mb": 5},
             "targets": [{"name": "b", "scripted": [[1, {"batch_size": 2}]],
                          "example_host": {"load": {"rate_rps": 5}}}],
             "admin": {"port": 1, "token_file": "/t"},
             "logging": {"format": "json", "file": "/f"},
             "journal": {"file": "/j"}})"));
  CHECK(x.live == paths{"tuner.min_rps"});
  CHECK(
    x.fixed
    == paths{
      "enabled", "tuner.enabled", "tuner.history_size",
      "batcher.max_batch_size", "cache.max_memory_mb", "targets[0].name",
      "targets[0].knobs.batch_size.initial",
      "targets[0].knobs.cache_size_mb.initial",
      "targets[0].example_host.load.rate_rps", "admin.port", "admin.token_file",
      "logging.format", "logging.file", "journal.file", "targets[0].scripted"});
  auto why = refusal_to_change(x);
  for (const auto& path : x.fixed)
    CHECK(why.find(path) != why.npos);
  CHECK(why.find("nothing was changed") != why.npos);
}

TEST_CASE("E6 a target more or less needs a new start") {
  auto x = difference(
    with(R"({"targets": [{"name": "a"}]})"),
    with(R"({"targets": [{"name": "a"}, {"name": "b"}]})"));
  CHECK(x.fixed == paths{"targets"});
}
