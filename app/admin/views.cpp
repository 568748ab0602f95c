#include "app/admin/content.hpp"
#include "app/admin/json_line.hpp"
#include "app/admin/pages.hpp"
#include "app/admin/query.hpp"
#include "config/text.hpp"
#include "messages/fact_json.hpp"
#include "messages/version.hpp"

#include <boost/json/value.hpp>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <charconv>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr uint32_t rows_max = 5000;
constexpr auto series_default = std::chrono::hours{1};
constexpr std::string_view decisions_path = "/api/v1/decisions/";

/// Where nothing can be asked for.
void refuse_query(const admin_request& x) {
  const query none{x.query, {}};
}

reply metrics(const admin_content& of, const admin_request& x) {
  refuse_query(x);
  reply result;
  result.content_type = "text/plain; version=0.0.4; charset=utf-8";
  result.body = prometheus::TextSerializer{}.Serialize(of.registry->Collect());
  return result;
}

/// From healthy to ill: the whole is as ill as its worst part.
int illness(tuning_state x) {
  return static_cast<int>(x);
}

reply health(const admin_content& of, const admin_request& x) {
  refuse_query(x);
  tuning_status worst{tuning_state::disabled, "no target"};
  json::array targets;
  for (auto* target : of.targets()) {
    auto status = target->status();
    if (targets.empty() || illness(status.state) > illness(worst.state))
      worst = status;
    targets.push_back(json::object{
      {"name", target->name()},
      {"status", to_string(status.state)},
      {"reason", status.reason}});
  }
  json::object page{
    {"status", to_string(worst.state)},
    {"reason", worst.reason},
    {"targets", std::move(targets)}};
  auto result = json_reply(json_line(page));
  result.status = worst.state == tuning_state::degraded ? 503 : 200;
  return result;
}

reply status(const admin_content& of, const admin_request& x) {
  refuse_query(x);
  json::array targets;
  for (auto* target : of.targets())
    targets.push_back(status_json(*target));
  auto now = of.now();
  return json_reply(json_line(json::object{
    {"version", version()},
    {"uptime_seconds", seconds(now - of.started_at)},
    {"now", unix_seconds(now)},
    {"targets", std::move(targets)}}));
}

reply history(const admin_content& of, const admin_request& x) {
  query asked{x.query, {"target", "limit", "since"}};
  history_query which;
  which.limit = asked.count("limit", rows_max).value_or(which.limit);
  which.since = asked.moment("since").value_or(instant{});
  auto& target = target_called(of, asked.text("target"));
  return json_reply(json_line(history_json(value_of(target.recall(which)))));
}

/// @returns the number at the end of the path.
uint64_t id_in(const std::string& path) {
  auto digits = std::string_view{path}.substr(decisions_path.size());
  uint64_t result = 0;
  auto [end, error] =
    std::from_chars(digits.data(), digits.data() + digits.size(), result);
  if (
    error != std::errc{} || end != digits.data() + digits.size() || result == 0)
    throw refusal{
      400,
      "bad_id",
      text::shortened(text::quoted(text::escaped(digits)))
        + " is no id of a decision; allowed: a whole number from 1 on, as "
          "/api/v1/history lists them",
      {}};
  return result;
}

reply decision(const admin_content& of, const admin_request& x) {
  query asked{x.query, {"target"}};
  auto id = id_in(x.path);
  auto& target = target_called(of, asked.text("target"));
  for (const auto& event : value_of(target.recall({{}, 100, id})))
    if (
      event.what.kind == change_kind::tuning && event.what.id == change_id{id})
      return json_reply(json_line(full_decision_json(event)));
  throw refusal{
    404,
    "no_such_decision",
    "there is no decision " + std::to_string(id)
      + "; /api/v1/history lists those that are remembered",
    {}};
}

reply series(const admin_content& of, const admin_request& x) {
  query asked{x.query, {"target", "since", "until", "points"}};
  series_query which;
  which.to = asked.moment("until").value_or(of.now());
  which.from = asked.moment("since").value_or(which.to - series_default);
  which.points_max = asked.count("points", rows_max).value_or(1000);
  if (which.from > which.to)
    throw refusal{
      400,
      "bad_query",
      "the query's since is later than until; allowed: not later",
      {}};
  auto& target = target_called(of, asked.text("target"));
  return json_reply(
    json_line(series_json(target.name(), value_of(target.series(which)))));
}

reply events(const admin_content& of, const admin_request& x) {
  refuse_query(x);
  reply result;
  result.stream = of.feed->open(); // First, so that nothing is missed.
  if (!result.stream)
    throw refusal{
      503,
      "too_many_streams",
      "as many event streams are open as allowed; close one, or ask "
      "/api/v1/status again and again",
      {{"Retry-After", "10"}}};
  result.content_type = "text/event-stream";
  for (auto* target : of.targets())
    result.body += event_text("status", json_line(status_json(*target)));
  return result;
}

} // namespace

std::vector<route> view_routes() {
  return {
    {"GET", "/metrics", metrics},      {"GET", "/healthz", health},
    {"GET", "/api/v1/status", status}, {"GET", "/api/v1/history", history},
    {"GET", decisions_path, decision}, {"GET", "/api/v1/series", series},
    {"GET", "/api/v1/events", events},
  };
}

} // namespace tuner
