#include "app/simulation/scenario_schema.hpp"

namespace tuner {

void describe(schema_visitor& v, standard_values& x) {
  v.number(
    "batch_size", x.batch_size, whole(1, 4096, "requests"),
    "Where `batch_size` starts");
  v.number(
    "batch_timeout_ms", x.batch_timeout_ms, within(0, 10'000, "ms"),
    "Where `batch_timeout_ms` starts");
  v.number(
    "cache_size_mb", x.cache_size_mb, whole(1, 1'048'576, "MiB"),
    "Where `cache_size_mb` starts");
}

} // namespace tuner

namespace tuner::simulation {

namespace {

constexpr range rate = within(0, 1'000'000, "requests per second");
constexpr range seconds_span = above(0, 1e7, "seconds");
constexpr range milliseconds_span = within(0, 3'600'000, "ms");
constexpr range any_count = within(0, 1e12);

} // namespace

void describe(schema_visitor& v, scenario& x) {
  v.text("name", x.name, line_text, "For reports");
  v.number(
    "duration_seconds", x.duration_seconds, within(1, 1e7, "seconds"),
    "Simulated time");
  v.number("seed", x.seed, whole(0, 1e15), "Of all random numbers");
  v.section("slo", x.slo);
  v.section("initial", x.initial);
  v.section("arrivals", x.arrivals);
  v.section("service", x.service);
  v.optional_section("cache", x.cache);
  v.timed(
    "scripted", x.scripted,
    "Changes made at these times; no policy decides then");
  v.section("tuner", x.tuner);
}

void describe(schema_visitor& v, arrivals_config& x) {
  v.word(
    "kind", x.kind, {"piecewise", "sine", "on_off", "mmpp", "trace"},
    "What the rate does; all but `trace` are Poisson at the momentary rate");
  v.rows("rates", x.rates, 2, any_count, "`piecewise`: from second, rate");
  v.number("mean", x.mean, rate, "`sine`: the mean rate");
  v.number("amplitude", x.amplitude, rate, "`sine`: up and down from it");
  v.number(
    "period_seconds", x.period_seconds, seconds_span, "`sine`: of one wave");
  v.number("on_rate", x.on_rate, rate, "`on_off`, `mmpp`: first rate");
  v.number("off_rate", x.off_rate, rate, "`on_off`, `mmpp`: second rate");
  v.number(
    "on_seconds", x.on_seconds, seconds_span,
    "`on_off`: time at the first rate; `mmpp`: its mean");
  v.number(
    "off_seconds", x.off_seconds, seconds_span,
    "`on_off`: time at the second rate; `mmpp`: its mean");
  v.text("file", x.file, line_text, "`trace`: a CSV file with a header");
  v.text(
    "time_column", x.time_column, some_text,
    "`trace`: the column with the seconds, ascending");
  v.text(
    "key_column", x.key_column, line_text,
    "`trace`: the column with the cache key; empty: keys are drawn");
  v.number(
    "speedup", x.speedup, above(0, 1e6), "`trace`: 2 plays it twice as fast");
  v.number(
    "copies", x.copies, within(1, 10'000),
    "`trace`: requests that one of it stands for");
  v.number(
    "copies_within_seconds", x.copies_within_seconds, within(0, 3600),
    "`trace`: how much later a copy comes at most, by chance");
  v.number(
    "noise", x.noise, within(0, 2), "Spread of a lognormal factor on the rate");
  v.number(
    "noise_seconds", x.noise_seconds, within(0.1, 86'400, "seconds"),
    "How long one such factor holds");
}

void describe(schema_visitor& v, service_config& x) {
  v.number(
    "workers", x.workers, whole(1, 1024), "Batches that run side by side");
  v.number("fixed_ms", x.fixed_ms, milliseconds_span, "Of each batch");
  v.number("per_item_ms", x.per_item_ms, milliseconds_span, "Of each request");
  v.number("noise", x.noise, within(0, 2), "Spread of a lognormal factor");
  v.number(
    "contention", x.contention, within(0, 100),
    "Slower by this for each batch that runs beside");
  v.section("knee", x.knee);
  v.rows(
    "slowdowns", x.slowdowns, 3, any_count, "From second, to second, factor");
  v.section("hiccups", x.hiccups);
  v.number(
    "drift_per_hour", x.drift_per_hour, within(0, 10),
    "Slower by this each hour");
}

void describe(schema_visitor& v, knee_config& x) {
  v.number(
    "batch", x.batch, within(0, 1e6, "requests"), "Beyond this size ...");
  v.number(
    "extra_ms_per_item", x.extra_ms_per_item, milliseconds_span,
    "... each request takes this on top");
}

void describe(schema_visitor& v, hiccups_config& x) {
  v.number("probability", x.probability, within(0, 1), "Of a batch");
  v.number("ms", x.ms, milliseconds_span, "What it then takes on top");
}

void describe(schema_visitor& v, cache_scenario& x) {
  v.number("keys", x.keys, whole(1, 1e9), "Distinct keys");
  v.number("zipf", x.zipf, within(0, 5), "Skew of their popularity");
  v.number("entry_kb", x.entry_kb, above(0, 1e6, "KiB"), "Of each entry");
  v.number("hit_ms", x.hit_ms, milliseconds_span, "What a hit takes");
  v.number(
    "memory_limit_mb", x.memory_limit_mb, above(0, 1e9, "MiB"),
    "Over it everything slows down");
  v.number(
    "base_mb", x.base_mb, within(0, 1e9, "MiB"), "Used beside the cache");
  v.rows(
    "shifts", x.shifts, 2, any_count,
    "From second, by how many ranks the keys shift");
  v.rows(
    "others_mb", x.others_mb, 2, any_count,
    "From second, MiB of the limit that others use");
}

} // namespace tuner::simulation
