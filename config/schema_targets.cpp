#include "config/schema.hpp"

#include <algorithm>
#include <array>

namespace tuner {

namespace {

constexpr double whole_max = 9'007'199'254'740'991; // exact in a double

constexpr range some_span = above(0, 86'400, "seconds");
constexpr range rate = above(0, 1'000'000, "requests per second");
constexpr range rate_or_none = within(0, 1'000'000, "requests per second");
constexpr range any = within(-1e12, 1e12, "in the knob's unit");

constexpr std::array roles{
  knob_role::batch_size, knob_role::batch_timeout, knob_role::cache_size,
  knob_role::other};

/// Roles are words in JSON.
void describe_role(schema_visitor& v, knob_role& x) {
  words names;
  for (auto role : roles)
    names.emplace_back(to_string(role));
  std::string name = to_string(x);
  v.word(
    "role", name, names,
    "What the knob does to the target; only black-box policies turn `other`");
  auto i = std::find(names.begin(), names.end(), name);
  if (i != names.end())
    x = roles[static_cast<std::size_t>(i - names.begin())];
}

} // namespace

void describe(schema_visitor& v, target_config& x) {
  v.text(
    "name", x.name, name_text,
    "Label in metrics and logs; empty: a single target without one");
  v.word(
    "kind", x.kind, {"example_host", "foreign"},
    "What serves: the example, or a host in another process");
  v.table(
    "knobs", x.knobs, "What can be tuned; left out: the three standard knobs");
  v.timed(
    "scripted", x.scripted,
    "Changes made this many seconds after the start, to try the judge; no "
    "policy decides then");
  v.section("example_host", x.example_host);
  v.list(
    "effectors", x.effectors,
    "`foreign`: how each knob is set and read; a knob without is left alone");
  v.flag(
    "restore_on_exit", x.restore_on_exit,
    "`foreign`: at the end, give it back the settings it was found with");
  v.section("sensor", x.sensor);
}

void describe(schema_visitor& v, knob_spec& x) {
  describe_role(v, x.role);
  v.number("min", x.min, any, "Lower bound");
  v.number("max", x.max, any, "Upper bound");
  v.number(
    "step", x.step, within(0, 1e12, "in the knob's unit"),
    "Distance between values; 0: any value");
  v.text("unit", x.unit, line_text, "For people");
  v.number(
    "initial", x.initial, any,
    "Where tuning starts; left out: the static value");
  v.flag("enabled", x.enabled, "Tune this knob");
  v.number(
    "max_step_ratio", x.max_step_ratio, within(0, 1e6, "factor"),
    "2: one change doubles or halves it at most, or moves it by one step; 0: "
    "no limit");
}

void describe(schema_visitor& v, example_host_config& x) {
  v.number(
    "workers", x.workers, whole(1, 256, "threads"), "Batches served at once");
  v.number(
    "queue_limit", x.queue_limit, whole(1, 10'000'000, "requests"),
    "Requests beyond it are refused");
  v.number(
    "memory_limit_mb", x.memory_limit_mb, within(1, 1'048'576, "MiB"),
    "For the cache and the model together");
  v.section("load", x.load);
}

void describe(schema_visitor& v, load_config& x) {
  v.word(
    "kind", x.kind, {"poisson", "on_off", "sine", "trace"},
    "Shape of the load");
  v.number("rate_rps", x.rate_rps, rate, "`poisson`; the mean of `sine`");
  v.number("amplitude_rps", x.amplitude_rps, rate_or_none, "`sine`");
  v.number("period_seconds", x.period_seconds, some_span, "`sine`");
  v.number("on_rate_rps", x.on_rate_rps, rate, "`on_off`, like the next three");
  v.number("off_rate_rps", x.off_rate_rps, rate_or_none, "Between the bursts");
  v.number("on_seconds", x.on_seconds, some_span, "Length of a burst");
  v.number("off_seconds", x.off_seconds, some_span, "Length of a pause");
  v.text("file", x.file, line_text, "`trace`: a CSV file with a header");
  v.text(
    "time_column", x.time_column, some_text, "`trace`: seconds, ascending");
  v.number(
    "speedup", x.speedup, above(0, 1'000'000, "factor"),
    "`trace`: 2 plays it twice as fast");
  v.number("keys", x.keys, whole(1, 10'000'000, "keys"), "Distinct requests");
  v.number(
    "zipf", x.zipf, within(0, 5, "exponent"),
    "Skew of their popularity; 0 is uniform");
  v.number(
    "seed", x.seed, whole(0, whole_max), "The same seed gives the same load");
}

} // namespace tuner
