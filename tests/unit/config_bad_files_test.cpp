#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

using namespace tuner;

namespace {

/// One mistake: a file in `tests/integration/bad_configs`, and the path that
/// the error must name. `:LINE:COLUMN` is a place in the file, empty the file.
struct mistake {
  std::string file;
  std::string path;
};

const std::filesystem::path folder =
  std::filesystem::path{AUTO_TUNER_SOURCE_DIR}
  / "tests/integration/bad_configs";

const std::array mistakes = std::to_array<mistake>({
  {"syntax_empty_file", ":1:1"},
  {"syntax_only_blanks", ":3:1"},
  {"syntax_trailing_comma", ":3:1"},
  {"syntax_trailing_garbage", ":2:1"},
  {"syntax_cut_off", ":1:27"},
  {"syntax_comment", ":2:3"},
  {"syntax_single_quotes", ":1:2"},
  {"syntax_key_without_quotes", ":1:2"},
  {"syntax_missing_colon", ":1:12"},
  {"syntax_nan", ":1:33"},
  {"syntax_infinity", ":1:33"},
  {"syntax_minus_infinity", ":1:34"},
  {"syntax_leading_zero", ":1:34"},
  {"syntax_hexadecimal", ":1:34"},
  {"syntax_line_break_in_string", ":1:24"},
  {"syntax_lone_surrogate", ":1:29"},
  {"syntax_byte_order_mark", ":1:1"},
  {"top_level_is_array", ""},
  {"top_level_is_number", ""},
  {"top_level_is_null", ""},
  {"key_given_twice", "tuner.mode"},
  {"key_given_twice_deep", "targets[1].knobs.batch_size.min"},
  {"key_given_twice_escaped", "enabled"},
  {"knob_given_twice", "targets[0].knobs.batch_size"},
  {"unknown_section", "tunner"},
  {"unknown_key_in_tuner", "tuner.wachdog"},
  {"unknown_key_in_slo", "tuner.slo.p99_latency_ms"},
  {"unknown_key_in_threshold", "tuner.threshold.batch_flor"},
  {"unknown_key_in_target", "targets[0].title"},
  {"unknown_key_in_knob", "targets[0].knobs.batch_size.minimum"},
  {"unknown_key_in_load", "targets[0].example_host.load.rate"},
  {"unknown_key_in_wrong_case", "Enabled"},
  {"unknown_key_with_odd_name", R"(["a.b\n"])"},
  {"unknown_key_empty", R"([""])"},
  {"unknown_actor_in_levels", "logging.levels.aplier"},
  {"type_section_is_number", "tuner"},
  {"type_section_is_null", "batcher"},
  {"type_flag_is_text", "enabled"},
  {"type_flag_is_number", "tuner.enabled"},
  {"type_number_is_text", "tuner.cool_down_seconds"},
  {"type_number_is_null", "tuner.cool_down_seconds"},
  {"type_number_is_flag", "cache.max_memory_mb"},
  {"type_word_is_number", "tuner.mode"},
  {"type_text_is_object", "logging.file"},
  {"type_targets_is_object", "targets"},
  {"type_target_is_text", "targets[0]"},
  {"type_knobs_is_array", "targets[0].knobs"},
  {"type_knob_is_number", "targets[0].knobs.batch_size"},
  {"type_per_knob_is_number", "tuner.watchdog.per_knob"},
  {"type_per_knob_value_is_text", "tuner.watchdog.per_knob.batch_size"},
  {"type_levels_is_text", "logging.levels"},
  {"type_slo_is_text", "tuner.slo.p95_latency_ms"},
  {"range_negative_delay", "tuner.watchdog.check_delay_seconds"},
  {"range_window_is_zero", "tuner.observation_window_seconds"},
  {"range_window_is_a_week", "tuner.observation_window_seconds"},
  {"range_beyond_double", "tuner.tuning_interval_seconds"},
  {"range_beyond_exponent", "tuner.tuning_interval_seconds"},
  {"range_slo_is_zero", "tuner.slo.p95_latency_ms"},
  {"range_error_ratio_is_percent", "tuner.slo.error_ratio"},
  {"range_degradation_is_zero", "tuner.watchdog.degradation_threshold"},
  {"range_per_knob_is_percent", "tuner.watchdog.per_knob.batch_size"},
  {"range_decrease_factor_is_one", "tuner.threshold.batch_decrease_factor"},
  {"range_increase_factor_is_one", "tuner.threshold.timeout_increase_factor"},
  {"range_increase_factor_is_eleven", "tuner.threshold.cache_increase_factor"},
  {"range_memory_ratio_is_percent",
   "tuner.threshold.cache_decrease_above_memory_ratio"},
  {"range_history_is_empty", "tuner.history_size"},
  {"range_port", "admin.port"},
  {"range_batch_is_zero", "batcher.max_batch_size"},
  {"range_cache_is_huge", "cache.max_memory_mb"},
  {"range_rate_is_zero", "targets[0].example_host.load.rate_rps"},
  {"range_on_seconds_is_zero", "targets[0].example_host.load.on_seconds"},
  {"range_workers_is_negative", "targets[0].example_host.workers"},
  {"range_seed_is_inexact", "targets[0].example_host.load.seed"},
  {"range_step_is_negative", "targets[0].knobs.batch_size.step"},
  {"whole_batch_size", "batcher.max_batch_size"},
  {"whole_min_requests", "tuner.min_requests"},
  {"whole_port", "admin.port"},
  {"word_mode", "tuner.mode"},
  {"word_policy", "tuner.policy"},
  {"word_judge", "tuner.judge"},
  {"word_rollback_strategy", "tuner.rollback.strategy"},
  {"word_target_kind", "targets[0].kind"},
  {"word_load_kind", "targets[0].example_host.load.kind"},
  {"word_knob_role", "targets[0].knobs.batch_size.role"},
  {"word_log_level", "logging.level"},
  {"word_log_format", "logging.format"},
  {"word_actor_level", "logging.levels.applier"},
  {"text_address", "admin.address"},
  {"text_control_character", "logging.file"},
  {"text_target_name", "targets[0].name"},
  {"text_time_column_is_empty", "targets[0].example_host.load.time_column"},
  {"text_knob_name", "targets[0].knobs.9lives"},
  {"rule_window_below_sample_period", "tuner.observation_window_seconds"},
  {"rule_interval_below_sample_period", "tuner.tuning_interval_seconds"},
  {"rule_batch_floor_above_cap", "tuner.threshold.batch_floor"},
  {"text_freeze_from", "tuner.freeze[0].from"},
  {"text_freeze_cron", "tuner.freeze[1].cron"},
  {"type_freeze_is_object", "tuner.freeze"},
  {"unknown_key_in_freeze", "tuner.freeze[0].until"},
  {"range_freeze_minutes", "tuner.freeze[0].minutes"},
  {"rule_freeze_of_both_kinds", "tuner.freeze[0]"},
  {"rule_freeze_without_from", "tuner.freeze[0].from"},
  {"rule_freeze_without_to", "tuner.freeze[0].to"},
  {"rule_freeze_ends_before_it_begins", "tuner.freeze[0].to"},
  {"rule_freeze_of_nothing", "tuner.freeze[0].cron"},
  {"rule_freeze_without_minutes", "tuner.freeze[0].minutes"},
  {"rule_step_ratio_is_one", "targets[0].knobs.batch_size.max_step_ratio"},
  {"rule_back_off_first_above_longest", "tuner.back_off.first_seconds"},
  {"rule_timeout_floor_above_cap", "tuner.threshold.timeout_floor_ms"},
  {"rule_cache_floor_above_cap", "tuner.threshold.cache_floor_mb"},
  {"rule_min_above_max", "targets[0].knobs.batch_size.min"},
  {"rule_initial_below_min", "targets[0].knobs.batch_size.initial"},
  {"rule_initial_above_max", "targets[0].knobs.batch_size.initial"},
  {"rule_static_batch_above_max", "batcher.max_batch_size"},
  {"rule_static_timeout_above_max", "batcher.batch_timeout_ms"},
  {"rule_static_cache_above_max", "cache.max_memory_mb"},
  {"rule_batch_min_is_negative", "targets[0].knobs.batch_size.min"},
  {"rule_own_knob_without_min", "targets[0].knobs.threads.min"},
  {"rule_own_knob_without_max", "targets[0].knobs.threads.max"},
  {"rule_own_knob_without_initial", "targets[0].knobs.threads.initial"},
  {"rule_per_knob_of_no_knob", "tuner.watchdog.per_knob.batch_sizes"},
  {"rule_same_target_name", "targets[1].name"},
  {"rule_second_target_without_name", "targets[1].name"},
  {"rule_open_to_others_without_token", "admin.token_file"},
  {"rule_trace_without_file", "targets[0].example_host.load.file"},
  {"rule_foreign_without_sensor", "targets[0].sensor.kind"},
  {"word_sensor_kind", "targets[0].sensor.kind"},
  {"word_sensor_unit", "targets[0].sensor.signals.busy_unit"},
  {"range_sensor_timeout", "targets[0].sensor.timeout_seconds"},
  {"unknown_key_in_signals", "targets[0].sensor.signals.completd"},
  {"rule_sensor_url_of_file", "targets[0].sensor.url"},
  {"rule_sensor_url_with_password", "targets[0].sensor.url"},
  {"rule_sensor_query_in_url", "targets[0].sensor.url"},
  {"rule_sensor_without_completed", "targets[0].sensor.signals.completed"},
  {"rule_sensor_bad_selector", "targets[0].sensor.signals.completed"},
  {"rule_sensor_bad_histogram", "targets[0].sensor.signals.latency.histogram"},
  {"rule_sensor_hits_without_misses", "targets[0].sensor.signals.cache_misses"},
  {"rule_sensor_latency_of_two_kinds",
   "targets[0].sensor.signals.latency.histogram"},
  {"rule_sensor_histogram_of_promql",
   "targets[0].sensor.signals.latency.histogram"},
});

std::string path_of(const mistake& x) {
  return (folder / (x.file + ".json")).string();
}

} // namespace

TEST_CASE("E6 every kind of mistake in a file is named by its path") {
  for (const auto& x : mistakes) {
    CAPTURE(x.file);
    auto file = path_of(x);
    auto in_file = x.path.empty() || x.path.front() == ':';
    auto result = load_config_file(file);
    REQUIRE(result.errors.size() == 1);
    const auto& error = result.errors.front();
    CHECK_FALSE(result.ok());
    CHECK(error.path == (in_file ? file + x.path : x.path));
    CHECK_FALSE(error.value.empty());
    CHECK(error.value.size() <= 60);
    CHECK_FALSE(error.allowed.empty());
    CHECK(to_string(error).starts_with(error.path + ": "));
    CHECK(to_string(error).find(error.value) != std::string::npos);
    CHECK(to_string(error).ends_with("; allowed: " + error.allowed));
    CHECK(to_string(error).find('\n') == std::string::npos);
  }
}

TEST_CASE("E6 every bad config file is tested") {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    auto name = entry.path().stem().string();
    CAPTURE(name);
    CHECK(std::ranges::count(mistakes, name, &mistake::file) == 1);
    ++files;
  }
  CHECK(files == mistakes.size());
}
