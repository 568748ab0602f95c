#include "config/schema.hpp"

#include "actors/log/actor_log.hpp"

namespace tuner {

namespace {

constexpr range span = within(0.01, 86'400, "seconds");
constexpr range span_or_none = within(0, 86'400, "seconds");
constexpr range latency = above(0, 3'600'000, "ms");
constexpr range rate_or_none = within(0, 1'000'000, "requests per second");
constexpr range batch = whole(1, 4096, "requests");
constexpr range timeout = within(0, 10'000, "ms");
constexpr range memory = whole(1, 1'048'576, "MiB");
constexpr range ratio = within(0, 1, "ratio");
constexpr range shrink = between(0, 1, "factor");
constexpr range growth = above(1, 10, "factor");
constexpr range harm = above(0, 10, "ratio: 0.2 is 20 % worse");

const words levels{"trace", "debug", "info", "warning", "error", "off"};

/// @returns the names of those that log.
words actors() {
  return {log_actors().begin(), log_actors().end()};
}

} // namespace

void describe(schema_visitor& v, config& x) {
  v.flag(
    "enabled", x.enabled, "False switches tuning off, whatever `tuner` says");
  v.section("tuner", x.tuner);
  v.section("batcher", x.batcher);
  v.section("cache", x.cache);
  v.list("targets", x.targets, "The serving hosts to tune");
  v.section("admin", x.admin);
  v.section("logging", x.logging);
  v.section("journal", x.journal);
  v.section("link", x.link);
  v.section("node", x.node);
  v.section("agent", x.agent);
}

void describe(schema_visitor& v, tuner_config& x) {
  v.flag("enabled", x.enabled, "Tune at all");
  v.word(
    "mode", x.mode, {"auto", "advise"},
    "`advise` decides and logs but writes nothing");
  v.word("policy", x.policy, policy_names(), "What decides where the knobs go");
  v.word(
    "judge", x.judge, judge_names(), "What decides whether a change did harm");
  v.number(
    "observation_window_seconds", x.observation_window_seconds, span,
    "Length of the window that a decision looks at");
  v.number(
    "tuning_interval_seconds", x.tuning_interval_seconds, span,
    "Time between two looks");
  v.number(
    "cool_down_seconds", x.cool_down_seconds, span_or_none,
    "Rest after each trial");
  v.number(
    "sample_period_seconds", x.sample_period_seconds, span,
    "How often a target is asked for its figures");
  v.number(
    "host_timeout_seconds", x.host_timeout_seconds, span,
    "How long a target may take to answer");
  v.number(
    "lease_seconds", x.lease_seconds, span,
    "A target that nobody took a sample of for this long undoes a change that "
    "is still on trial; at least three sample periods");
  v.number(
    "min_requests", x.min_requests, whole(1, 1e9, "requests"),
    "A window with fewer is no evidence");
  v.number(
    "min_rps", x.min_rps, rate_or_none, "With less traffic nothing is decided");
  v.flag(
    "enable_batch_size_tuning", x.enable_batch_size_tuning, "Tune batch sizes");
  v.flag(
    "enable_timeout_tuning", x.enable_timeout_tuning, "Tune batch timeouts");
  v.flag(
    "enable_cache_size_tuning", x.enable_cache_size_tuning, "Tune cache sizes");
  v.section("slo", x.slo);
  v.section("threshold", x.threshold);
  v.section("watchdog", x.watchdog);
  v.section("rollback", x.rollback);
  v.section("back_off", x.back_off);
  v.list("freeze", x.freeze, "When no change is made, only rollbacks");
  v.number(
    "history_size", x.history_size, whole(1, 100'000, "events"),
    "Changes remembered per target");
}

void describe(schema_visitor& v, slo_config& x) {
  v.number(
    "p95_latency_ms", x.p95_latency_ms, latency,
    "The latency objective; null: none");
  v.number(
    "error_ratio", x.error_ratio, ratio, "Share of requests that may fail");
  v.number(
    "memory_workers_per_gib", x.memory_workers_per_gib,
    within(0, 1000, "busy workers per GiB"),
    "Price of memory: what a GiB of cache must save to be worth it");
  v.number(
    "cache_miss_ms", x.cache_miss_ms, within(0, 3'600'000, "ms"),
    "Worker time that a cache miss costs, where batches don't tell; null: then "
    "the cache is left alone");
}

void describe(schema_visitor& v, threshold_params& x) {
  v.number(
    "batch_decrease_above_p95_ms", x.batch_decrease_above_p95_ms, latency,
    "Slower than this, the batch shrinks");
  v.number(
    "batch_decrease_factor", x.batch_decrease_factor, shrink, "To this part");
  v.number("batch_floor", x.batch_floor, batch, "But not below this");
  v.number(
    "batch_increase_below_rps", x.batch_increase_below_rps, rate_or_none,
    "With less throughput than this ...");
  v.number(
    "batch_increase_below_p95_ms", x.batch_increase_below_p95_ms, latency,
    "... and faster than this, the batch grows");
  v.number(
    "batch_increase_factor", x.batch_increase_factor, growth, "By this factor");
  v.number("batch_cap", x.batch_cap, batch, "But not above this");
  v.number(
    "timeout_decrease_above_rps", x.timeout_decrease_above_rps, rate_or_none,
    "With more throughput than this, the timeout shrinks");
  v.number(
    "timeout_decrease_factor", x.timeout_decrease_factor, shrink,
    "To this part");
  v.number(
    "timeout_floor_ms", x.timeout_floor_ms, timeout, "But not below this");
  v.number(
    "timeout_increase_below_rps", x.timeout_increase_below_rps, rate_or_none,
    "With less throughput than this, the timeout grows");
  v.number(
    "timeout_increase_factor", x.timeout_increase_factor, growth,
    "By this factor");
  v.number("timeout_cap_ms", x.timeout_cap_ms, timeout, "But not above this");
  v.number(
    "cache_decrease_above_memory_ratio", x.cache_decrease_above_memory_ratio,
    ratio, "With more memory used than this, the cache shrinks");
  v.number(
    "cache_decrease_factor", x.cache_decrease_factor, shrink, "To this part");
  v.number("cache_floor_mb", x.cache_floor_mb, memory, "But not below this");
  v.number(
    "cache_increase_below_memory_ratio", x.cache_increase_below_memory_ratio,
    ratio, "With less memory used than this, the cache grows");
  v.number(
    "cache_increase_factor", x.cache_increase_factor, growth, "By this factor");
  v.number("cache_cap_mb", x.cache_cap_mb, memory, "But not above this");
}

void describe(schema_visitor& v, watchdog_config& x) {
  v.number(
    "check_delay_seconds", x.check_delay_seconds, span,
    "When a change is judged");
  v.number(
    "degradation_threshold", x.degradation_threshold, harm,
    "Worse by more is a degradation and undone");
  v.numbers(
    "per_knob", x.per_knob, harm, "Overrides it for changes of single knobs");
  v.number(
    "max_extensions", x.max_extensions, whole(0, 100, "times"),
    "How often a trial is extended while the evidence is thin");
  v.flag(
    "switchback", x.switchback,
    "Before a change is blamed, try the old settings and the new ones again "
    "(judges `replay` and `load_normalised`)");
}

void describe(schema_visitor& v, rollback_config& x) {
  v.word(
    "strategy", x.strategy, {"full", "gradual", "partial"},
    "How a change that did harm is undone: `full`: whole and at once; "
    "`gradual`: by half, by half of the rest, each step judged, then whole; "
    "`partial`: the knob that explains the harm first");
  v.number(
    "max_per_hour", x.max_per_hour, whole(0, 1000, "rollbacks"),
    "After that many the tuner only advises; 0: no limit");
  v.number(
    "advise_seconds", x.advise_seconds, span,
    "For how long; six times as long when it happens again within a day");
}

void describe(schema_visitor& v, back_off_config& x) {
  v.number(
    "first_seconds", x.first_seconds, span_or_none,
    "A step that was rolled back is not tried again under such a load for "
    "this long, and each time it fails again for twice as long");
  v.number(
    "longest_seconds", x.longest_seconds, span_or_none, "But never for longer");
}

void describe(schema_visitor& v, freeze_config& x) {
  v.text("from", x.from, moment_text, "Frozen from here ...");
  v.text("to", x.to, moment_text, "... up to here");
  v.text("cron", x.cron, cron_text, "Or from each of these minutes, UTC ...");
  v.number(
    "minutes", x.minutes, whole(0, 10'080, "minutes"), "... for this long");
}

void describe(schema_visitor& v, batcher_config& x) {
  v.number(
    "max_batch_size", x.max_batch_size, batch, "Where `batch_size` starts");
  v.number(
    "batch_timeout_ms", x.batch_timeout_ms, timeout,
    "Where `batch_timeout_ms` starts");
}

void describe(schema_visitor& v, cache_config& x) {
  v.number(
    "max_memory_mb", x.max_memory_mb, memory, "Where `cache_size_mb` starts");
}

void describe(schema_visitor& v, admin_config& x) {
  v.text(
    "address", x.address, address_text,
    "Where the page, metrics, health and the control API are served");
  v.number("port", x.port, whole(0, 65'535, "TCP port"), "0 picks a free one");
  v.text(
    "token_file", x.token_file, line_text,
    "A file of ours, mode 0600, with the token that commands must carry, and "
    "off loopback every request; empty: no commands");
}

void describe(schema_visitor& v, journal_config& x) {
  v.text(
    "file", x.file, line_text,
    "SQLite database for decisions, trials and what was learned; empty: kept "
    "in memory, and lost when the tuner ends");
  v.number(
    "max_decisions", x.max_decisions, whole(1, 10'000'000, "decisions"),
    "Kept per target; the oldest are deleted");
}

void describe(schema_visitor& v, link_config& x) {
  v.number(
    "heartbeat_seconds", x.heartbeat_seconds, span,
    "How often agent and node tell each other that they live; the same on "
    "both ends");
  v.number(
    "silence_seconds", x.silence_seconds, span,
    "After so long without a word the other end is taken for dead; above the "
    "heartbeat, and more on slow links");
}

void describe(schema_visitor& v, node_config& x) {
  v.text("name", x.name, name_text, "What agents log that they are tuned by");
  v.text(
    "address", x.address, address_text,
    "Where `auto_tuner node` awaits agents; off loopback only with "
    "`--listen-anywhere`: let stunnel do that");
  v.number("port", x.port, whole(0, 65'535, "TCP port"), "0 picks a free one");
  v.text(
    "token_file", x.token_file, line_text,
    "A file of ours, mode 0600, with the token that agents must have; empty: "
    "whoever reaches the port may come");
  v.number(
    "max_targets", x.max_targets, whole(1, 100'000, "targets"),
    "More are refused");
}

void describe(schema_visitor& v, agent_config& x) {
  v.text(
    "node", x.node, line_text,
    "`HOST:PORT` of the node that tunes the targets of this process, or of the "
    "stunnel that leads there; empty: they are tuned here");
  v.text(
    "token_file", x.token_file, line_text,
    "A file of ours, mode 0600, with the node's token");
  v.text(
    "group", x.group, name_text,
    "Of targets that share settings; empty: tuned on their own");
}

void describe(schema_visitor& v, log_params& x) {
  v.word("level", x.level, levels, "Less important lines are left out");
  v.word("format", x.format, {"text", "json"}, "`json`: one object per line");
  v.text("file", x.file, line_text, "Where lines go; empty: standard error");
  v.number(
    "max_file_mb", x.max_file_mb, within(0.001, 100'000, "MiB"),
    "Then the file is rotated");
  v.number("files", x.files, whole(0, 1000, "files"), "Rotated files kept");
  v.choices("levels", x.levels, actors(), levels, "Levels of single actors");
}

} // namespace tuner
