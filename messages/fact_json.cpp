#include "messages/fact_json.hpp"

#include <boost/json/serialize.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace tuner {

namespace {

namespace json = boost::json;

json::value number(double x) {
  return std::isfinite(x) ? json::value(x) : json::value(nullptr);
}

json::value number(const reading& x) {
  return x ? number(*x) : json::value(nullptr);
}

double number_from(const json::value& x) {
  return x.is_null() ? std::numeric_limits<double>::quiet_NaN()
                     : x.to_number<double>();
}

reading reading_from(const json::value& x) {
  return x.is_null() ? reading{} : reading{x.to_number<double>()};
}

std::string text_from(const json::value& x) {
  return std::string{x.as_string()};
}

/// @returns the value of `x` that is called `name` in the wire's words.
template <class Enum>
Enum named(const json::value& name, std::initializer_list<Enum> values) {
  for (auto x : values)
    if (name.as_string() == to_string(x))
      return x;
  throw std::runtime_error{"unknown word " + json::serialize(name)};
}

template <class T>
json::array array_of(const std::vector<T>& items) {
  json::array result;
  for (const auto& x : items)
    result.push_back(to_json(x));
  return result;
}

json::object to_json(const knob_move& x) {
  return {
    {"knob", x.knob},
    {"from", number(x.from)},
    {"to", number(x.to)},
    {"reason", x.reason}};
}

knob_move move_from(const json::value& x) {
  return {
    text_from(x.at("knob")), number_from(x.at("from")), number_from(x.at("to")),
    text_from(x.at("reason"))};
}

candidate candidate_from(const json::value& x) {
  return {
    settings_from(x.at("settings")), number_from(x.at("p95_ms")),
    number_from(x.at("cost")), x.at("feasible").as_bool()};
}

template <class T>
std::vector<T> list_from(const json::value& x, T (*from)(const json::value&)) {
  std::vector<T> result;
  for (const auto& item : x.as_array())
    result.push_back(from(item));
  return result;
}

/// Seen at all?
json::value or_null(const observation& x) {
  return x.completed > 0 || x.closed_at > x.opened_at ? json::value(to_json(x))
                                                      : json::value(nullptr);
}

} // namespace

double unix_seconds(instant x) {
  return std::round(seconds(x.time_since_epoch()) * 1e6) / 1e6;
}

instant instant_from(double unix_seconds) {
  auto us = std::llround(unix_seconds * 1e6);
  return instant{std::chrono::microseconds{us}};
}

json::object to_json(const settings& x) {
  json::object result;
  for (const auto& [knob, value] : x)
    result[knob] = number(value);
  return result;
}

settings settings_from(const json::value& x) {
  settings result;
  for (const auto& [knob, value] : x.as_object())
    result[std::string{knob}] = number_from(value);
  return result;
}

json::object to_json(const observation& x) {
  auto length = seconds(x.length());
  auto offered =
    x.offered && length > 0 ? reading{*x.offered / length} : reading{};
  return {
    {"opened_at", unix_seconds(x.opened_at)},
    {"closed_at", unix_seconds(x.closed_at)},
    {"completed", x.completed},
    {"failed", x.failed},
    {"invalid", x.invalid},
    {"offered", number(x.offered)},
    {"throughput_rps", number(throughput_rps(x))},
    {"offered_rps", number(offered)},
    {"p50_ms", milliseconds(x.latency_p50)},
    {"p95_ms", milliseconds(x.latency_p95)},
    {"p99_ms", milliseconds(x.latency_p99)},
    {"mean_ms", milliseconds(x.latency_mean)},
    {"batches", x.batches},
    {"batch_size_mean", number(x.batch_size_mean)},
    {"busy_workers", number(x.busy_workers)},
    {"cache_hit_ratio", number(x.cache_hit_ratio)},
    {"queue_length", number(x.queue_length)},
    {"memory_used_ratio", number(x.memory_used_ratio)},
    {"memory_mib", number(x.memory_mib)},
    {"cpu_cores", number(x.cpu_cores)},
    {"settings", to_json(x.in_force)}};
}

observation observation_from(const json::value& x) {
  auto count = [&](const char* key) { return x.at(key).to_number<uint64_t>(); };
  auto latency = [&](const char* key) {
    return from_milliseconds(x.at(key).to_number<double>());
  };
  observation result;
  result.opened_at = instant_from(x.at("opened_at").to_number<double>());
  result.closed_at = instant_from(x.at("closed_at").to_number<double>());
  result.completed = count("completed");
  result.failed = count("failed");
  result.invalid = count("invalid");
  result.offered = reading_from(x.at("offered"));
  result.latency_p50 = latency("p50_ms");
  result.latency_p95 = latency("p95_ms");
  result.latency_p99 = latency("p99_ms");
  result.latency_mean = latency("mean_ms");
  result.batches = count("batches");
  result.batch_size_mean = number_from(x.at("batch_size_mean"));
  result.busy_workers = number_from(x.at("busy_workers"));
  result.cache_hit_ratio = reading_from(x.at("cache_hit_ratio"));
  result.queue_length = reading_from(x.at("queue_length"));
  result.memory_used_ratio = reading_from(x.at("memory_used_ratio"));
  result.memory_mib = reading_from(x.at("memory_mib"));
  result.cpu_cores = reading_from(x.at("cpu_cores"));
  result.in_force = settings_from(x.at("settings"));
  return result;
}

json::object to_json(const candidate& x) {
  return {
    {"settings", to_json(x.values)},
    {"p95_ms", number(x.p95_ms)},
    {"cost", number(x.cost)},
    {"feasible", x.feasible}};
}

json::object to_json(const change& x) {
  json::array moves;
  for (const auto& move : x.moves)
    moves.push_back(to_json(move));
  return {
    {"id", static_cast<uint64_t>(x.id)},
    {"kind", to_string(x.kind)},
    {"at", unix_seconds(x.at)},
    {"moves", std::move(moves)},
    {"reason", x.reason},
    {"evidence", to_json(x.evidence)},
    {"considered", array_of(x.considered)},
    {"settle_seconds", seconds(x.settle)},
    {"step_back", x.step_back}};
}

change change_from(const json::value& x) {
  change result;
  result.id = change_id{x.at("id").to_number<uint64_t>()};
  result.kind = named(
    x.at("kind"),
    {change_kind::initial, change_kind::tuning, change_kind::rollback,
     change_kind::edit});
  result.at = instant_from(x.at("at").to_number<double>());
  result.moves = list_from(x.at("moves"), move_from);
  result.reason = text_from(x.at("reason"));
  result.evidence = observation_from(x.at("evidence"));
  result.considered = list_from(x.at("considered"), candidate_from);
  result.settle = from_seconds(x.at("settle_seconds").to_number<double>());
  result.step_back = x.at("step_back").as_bool();
  return result;
}

json::object to_json(const verdict& x) {
  return {{"id", static_cast<uint64_t>(x.id)}, {"result", to_string(x.result)},
          {"at", unix_seconds(x.at)},          {"reason", x.reason},
          {"before", to_json(x.before)},       {"after", to_json(x.after)},
          {"numbers", to_json(x.numbers)}};
}

verdict verdict_from(const json::value& x) {
  verdict result;
  result.id = change_id{x.at("id").to_number<uint64_t>()};
  result.result = named(
    x.at("result"),
    {outcome::open, outcome::kept, outcome::rolled_back, outcome::inconclusive,
     outcome::doubted, outcome::retried});
  result.at = instant_from(x.at("at").to_number<double>());
  result.reason = text_from(x.at("reason"));
  result.before = observation_from(x.at("before"));
  result.after = observation_from(x.at("after"));
  result.numbers = settings_from(x.at("numbers"));
  return result;
}

json::object event_json(const history_event& x) {
  json::array moves;
  for (const auto& move : x.what.moves)
    moves.push_back(to_json(move));
  json::object result{
    {"target", x.target},
    {"id", static_cast<uint64_t>(x.what.id)},
    {"kind", to_string(x.what.kind)},
    {"at", unix_seconds(x.what.at)},
    {"moves", std::move(moves)},
    {"reason", x.what.reason},
    {"verdict", nullptr},
    {"verdict_at", nullptr},
    {"verdict_reason", x.judged.reason},
    {"undone", x.undone}};
  if (x.what.kind == change_kind::tuning)
    result["verdict"] = to_string(x.judged.result);
  if (ends_trial(x.judged.result))
    result["verdict_at"] = unix_seconds(x.judged.at);
  return result;
}

json::object decision_json(const history_event& x) {
  auto result = event_json(x);
  result["evidence"] = or_null(x.what.evidence);
  result["considered"] = array_of(x.what.considered);
  result["verdict_before"] = or_null(x.judged.before);
  result["verdict_after"] = or_null(x.judged.after);
  result["numbers"] = to_json(x.judged.numbers);
  return result;
}

} // namespace tuner
