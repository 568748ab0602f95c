#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace tuner;

namespace {

config loaded(const std::string& text) {
  auto result = load_config_text(text, "text");
  for (const auto& error : result.errors)
    FAIL_CHECK(to_string(error));
  return result.value;
}

load_result with_environment(
  const std::string& text,
  const std::map<std::string, std::string>& variables) {
  auto result = load_config_text(text, "text");
  apply_environment(result, [&](const char* name) -> const char* {
    auto i = variables.find(name);
    return i == variables.end() ? nullptr : i->second.c_str();
  });
  return result;
}

} // namespace

TEST_CASE("C1 tuning is off by default") {
  CHECK_FALSE(tuning_enabled(config{}));
  CHECK_FALSE(tuning_enabled(loaded("{}")));
}

TEST_CASE("C1 tuning needs both switches") {
  CHECK(tuning_enabled(loaded(R"({"tuner": {"enabled": true}})")));
  CHECK_FALSE(tuning_enabled(
    loaded(R"({"enabled": false, "tuner": {"enabled": true}})")));
}

TEST_CASE("A1 a target without knobs has the standard ones at static values") {
  auto c =
    loaded(R"({"batcher": {"max_batch_size": 16, "batch_timeout_ms": 0.5},
                      "cache": {"max_memory_mb": 128}})");
  auto start = knobs_of(c, target_config{}).initial();
  CHECK(start.size() == 3);
  CHECK(start[knob::batch_size] == 16);
  CHECK(start[knob::batch_timeout] == 0.5);
  CHECK(start[knob::cache_size] == 128);
}

TEST_CASE("A1 a standard knob has bounds and a start of its own") {
  auto c = loaded(R"({"targets": [{"knobs": {
    "batch_size": {"min": 2, "max": 64, "initial": 8},
    "cache_size_mb": {"enabled": false}}}]})");
  auto knobs = knobs_of(c, c.targets.front());
  REQUIRE(knobs.knobs.size() == 2);
  CHECK(knobs.knobs[0].min == 2);
  CHECK(knobs.knobs[0].max == 64);
  CHECK(knobs.knobs[0].step == 1);
  CHECK(knobs.knobs[0].initial == 8);
  CHECK(knobs.knobs[0].unit == "requests");
  CHECK(knobs.knobs[1].initial == 4096);
  CHECK_FALSE(knobs.knobs[1].enabled);
  CHECK_FALSE(knobs.tunable(knob_role::cache_size));
}

TEST_CASE("A2 a target declares a knob of its own") {
  auto c = loaded(R"({"targets": [{"knobs": {"threads": {
    "min": -4, "max": 64, "step": 0.5, "unit": "threads", "initial": 8}}}]})");
  REQUIRE(c.targets.front().knobs.size() == 1);
  const auto& knob = c.targets.front().knobs.front();
  CHECK(knob.name == "threads");
  CHECK(knob.role == knob_role::other);
  CHECK(knob.min == -4);
  CHECK(knob.step == 0.5);
  CHECK(knob.initial == 8);
}

TEST_CASE("C2 single knobs are switched off by role and by name") {
  auto c = loaded(R"({"tuner": {"enabled": true,
      "enable_timeout_tuning": false, "enable_batch_size_tuning": false},
    "targets": [{"knobs": {"batch_size": {"role": "other"}, "batch_timeout_ms": {},
      "cache_size_mb": {}, "burst": {"role": "batch_size",
        "min": 1, "max": 2, "initial": 1}}}]})");
  auto knobs = knobs_of(c, c.targets.front());
  CHECK(tuning_enabled(c));
  CHECK_FALSE(knobs.find("batch_size")->enabled);
  CHECK_FALSE(knobs.find("batch_timeout_ms")->enabled);
  CHECK_FALSE(knobs.find("burst")->enabled);
  CHECK(knobs.find("cache_size_mb")->enabled);
  c.tuner.enable_cache_size_tuning = false;
  CHECK_FALSE(knobs_of(c, target_config{}).find("cache_size_mb")->enabled);
}

TEST_CASE("C3 the environment overrules the file") {
  auto result = with_environment(
    R"({"batcher": {"max_batch_size": 8}})",
    {{"MUAI_OPT_TUNER_ENABLED", "Yes"},
     {"MUAI_OPT_ENABLED", "TRUE"},
     {"MUAI_OPT_BATCHER_MAX_SIZE", "16"},
     {"MUAI_OPT_BATCHER_TIMEOUT", "0.25"},
     {"MUAI_OPT_CACHE_MAX_MEMORY", "256"}});
  REQUIRE(result.ok());
  CHECK(tuning_enabled(result.value));
  CHECK(result.value.batcher.max_batch_size == 16);
  CHECK(result.value.batcher.batch_timeout_ms == 0.25);
  CHECK(result.value.cache.max_memory_mb == 256);
}

TEST_CASE("C3 the environment switches tuning off in any spelling of no") {
  for (const char* no : {"false", "0", "no", "NO", "False"}) {
    CAPTURE(no);
    const auto* on = R"({"tuner": {"enabled": true}})";
    auto tuner_off = with_environment(on, {{"MUAI_OPT_TUNER_ENABLED", no}});
    auto all_off = with_environment(on, {{"MUAI_OPT_ENABLED", no}});
    CHECK(tuner_off.ok());
    CHECK_FALSE(tuning_enabled(tuner_off.value));
    CHECK_FALSE(tuning_enabled(all_off.value));
  }
}

TEST_CASE("C3 a variable that can't be read is an error, not a default") {
  const std::map<std::string, std::vector<std::string>> bad{
    {"MUAI_OPT_TUNER_ENABLED", {"", "on", " true", "2", "yes!", "\xff\x1b"}},
    {"MUAI_OPT_ENABLED", {"", "off"}},
    {"MUAI_OPT_BATCHER_MAX_SIZE", {"", "0", "4097", "1.5", "ten", "8 ", "0x8"}},
    {"MUAI_OPT_BATCHER_TIMEOUT", {"", "-1", "nan", "inf", "50ms", "1e999"}},
    {"MUAI_OPT_CACHE_MAX_MEMORY", {"", "1e9", "+4"}}};
  for (const auto& [name, values] : bad)
    for (const auto& value : values) {
      CAPTURE(name);
      CAPTURE(value);
      auto result = with_environment("{}", {{name, value}});
      REQUIRE(result.errors.size() == 1);
      CHECK(result.errors[0].path == "environment " + name);
      CHECK(result.errors[0].value.starts_with('"'));
      CHECK_FALSE(result.errors[0].allowed.empty());
    }
}

TEST_CASE("C3 rules between keys are checked after the environment") {
  const auto* narrow =
    R"({"targets": [{"knobs": {"batch_size": {"max": 16}}}]})";
  CHECK(load_config_text(narrow, "text").errors.size() == 1);
  auto mended = with_environment(narrow, {{"MUAI_OPT_BATCHER_MAX_SIZE", "9"}});
  REQUIRE(mended.ok());
  CHECK(mended.value.targets[0].knobs[0].initial == 9);
  auto broken = with_environment(
    R"({"batcher": {"max_batch_size": 8},
        "targets": [{"knobs": {"batch_size": {"max": 16}}}]})",
    {{"MUAI_OPT_BATCHER_MAX_SIZE", "17"}});
  REQUIRE(broken.errors.size() == 1);
  CHECK(broken.errors[0].path == "batcher.max_batch_size");
}

TEST_CASE("C3 the environment works without a file") {
  load_result result;
  apply_environment(result, [](const char* name) {
    return std::string{name} == "MUAI_OPT_TUNER_ENABLED" ? "1" : nullptr;
  });
  CHECK(result.ok());
  CHECK(tuning_enabled(result.value));
}

TEST_CASE("A12 freeze windows are read, and written as they were read") {
  auto c = loaded(R"({"tuner": {"freeze": [
    {"from": "2026-12-24T00:00:00Z", "to": "2027-01-02T00:00:00Z"},
    {"cron": "0 9 * * 1-5", "minutes": 480}]}})");
  for (const auto& x : {c, loaded(to_json(c))}) {
    REQUIRE(x.tuner.freeze.size() == 2);
    CHECK(x.tuner.freeze[0].from == "2026-12-24T00:00:00Z");
    CHECK(x.tuner.freeze[0].to == "2027-01-02T00:00:00Z");
    CHECK(x.tuner.freeze[1].cron == "0 9 * * 1-5");
    CHECK(x.tuner.freeze[1].minutes == 480);
  }
}
