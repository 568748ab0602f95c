#include "app/simulation/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>

using namespace tuner;
using namespace tuner::simulation;

namespace {

/// One mistake: a file in `tests/integration/bad_scenarios`, and the path that
/// the error must name. `:LINE:COLUMN` is a place in the file, empty the file.
struct mistake {
  std::string file;
  std::string path;
};

const std::filesystem::path folder =
  std::filesystem::path{AUTO_TUNER_SOURCE_DIR}
  / "tests/integration/bad_scenarios";

const std::array mistakes = std::to_array<mistake>({
  {"syntax_empty_file", ":1:1"},
  {"syntax_trailing_comma", ":2:1"},
  {"syntax_cut_off", ":1:31"},
  {"syntax_comment", ":1:3"},
  {"top_level_is_array", ""},
  {"key_given_twice", "seed"},
  {"unknown_key", "duration"},
  {"unknown_key_in_slo", "slo.p99_latency_ms"},
  {"unknown_key_in_initial", "initial.batch"},
  {"unknown_key_in_arrivals", "arrivals.rate"},
  {"unknown_key_in_service", "service.fixed"},
  {"unknown_key_in_knee", "service.knee.extra"},
  {"unknown_key_in_hiccups", "service.hiccups.p"},
  {"unknown_key_in_cache", "cache.size"},
  {"unknown_key_in_tuner", "tuner.interval"},
  {"type_duration_is_text", "duration_seconds"},
  {"type_seed_is_fraction", "seed"},
  {"type_name_is_number", "name"},
  {"type_service_is_number", "service"},
  {"type_cache_is_null", "cache"},
  {"type_rates_is_number", "arrivals.rates"},
  {"type_rate_has_no_second", "arrivals.rates[1]"},
  {"type_slowdown_has_no_factor", "service.slowdowns[0]"},
  {"type_slowdown_is_text", "service.slowdowns[0]"},
  {"type_scripted_is_object", "scripted"},
  {"type_scripted_has_no_knob", "scripted[0]"},
  {"type_scripted_value_is_text", "scripted[0]"},
  {"range_duration_is_zero", "duration_seconds"},
  {"range_seed_is_negative", "seed"},
  {"range_slo_is_zero", "slo.p95_latency_ms"},
  {"range_batch_is_zero", "initial.batch_size"},
  {"range_timeout_is_a_minute", "initial.batch_timeout_ms"},
  {"range_rate_is_negative", "arrivals.rates[0]"},
  {"range_period_is_zero", "arrivals.period_seconds"},
  {"range_on_seconds_is_zero", "arrivals.on_seconds"},
  {"range_speedup_is_zero", "arrivals.speedup"},
  {"range_copies_is_zero", "arrivals.copies"},
  {"range_load_noise_is_three", "arrivals.noise"},
  {"range_workers_is_zero", "service.workers"},
  {"range_probability_is_percent", "service.hiccups.probability"},
  {"range_contention_is_negative", "service.contention"},
  {"range_entry_is_zero", "cache.entry_kb"},
  {"range_keys_is_zero", "cache.keys"},
  {"range_scripted_is_negative", "scripted[0]"},
  {"range_interval_is_zero", "tuner.tuning_interval_seconds"},
  {"word_kind", "arrivals.kind"},
  {"word_policy", "tuner.policy"},
  {"text_time_column_is_empty", "arrivals.time_column"},
  {"rule_trace_without_file", "arrivals.file"},
  {"rule_batches_take_no_time", "service.fixed_ms"},
  {"rule_rates_go_back", "arrivals.rates[2]"},
  {"rule_shifts_go_back", "cache.shifts[1]"},
  {"rule_others_go_back", "cache.others_mb[1]"},
  {"rule_slowdown_ends_early", "service.slowdowns[0]"},
  {"rule_scripted_goes_back", "scripted[1]"},
  {"rule_scripted_unknown_knob", "scripted[0]"},
  {"rule_scripted_without_cache", "scripted[0]"},
  {"rule_scripted_batch_is_zero", "scripted[0].batch_size"},
  {"rule_scripted_batch_is_fraction", "scripted[0].batch_size"},
  {"rule_window_below_sample_period", "tuner.observation_window_seconds"},
  {"rule_per_knob_of_no_knob", "tuner.watchdog.per_knob.batch"},
});

} // namespace

TEST_CASE("E4 every kind of mistake in a scenario is named by its path") {
  for (const auto& x : mistakes) {
    CAPTURE(x.file);
    auto file = (folder / (x.file + ".json")).string();
    auto in_file = x.path.empty() || x.path.front() == ':';
    auto result = load_scenario(file);
    REQUIRE(result.errors.size() == 1);
    const auto& error = result.errors.front();
    CHECK(error.path == (in_file ? file + x.path : x.path));
    CHECK_FALSE(error.value.empty());
    CHECK(error.value.size() <= 60);
    CHECK_FALSE(error.allowed.empty());
    CHECK(to_string(error).starts_with(error.path + ": "));
    CHECK(to_string(error).ends_with("; allowed: " + error.allowed));
    CHECK(to_string(error).find('\n') == std::string::npos);
  }
}

TEST_CASE("E4 every bad scenario is tested") {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    auto name = entry.path().stem().string();
    CAPTURE(name);
    CHECK(std::ranges::count(mistakes, name, &mistake::file) == 1);
    ++files;
  }
  CHECK(files == mistakes.size());
}
