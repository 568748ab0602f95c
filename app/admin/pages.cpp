#include "app/admin/pages.hpp"

#include "actors/applier/explain.hpp"
#include "messages/fact_json.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

namespace json = boost::json;

json::value or_null(const reading& x) {
  return x ? json::value(*x) : json::value(nullptr);
}

json::array knobs_json(const knob_table& knobs) {
  json::array result;
  for (const auto& x : knobs.knobs)
    result.push_back(json::object{
      {"name", x.name},
      {"role", to_string(x.role)},
      {"min", x.min},
      {"max", x.max},
      {"step", x.step},
      {"unit", x.unit},
      {"enabled", x.enabled}});
  return result;
}

/// @returns the trial that runs, or null.
json::value trial_json(target_control& target, duration check_delay) {
  constexpr uint32_t looked_at = 16; // Newer ones are edits, at the most.
  auto recent = target.recall({{}, looked_at, 0});
  if (!recent)
    return nullptr;
  auto open = std::find_if(recent->rbegin(), recent->rend(), [](const auto& x) {
    return x.what.kind == change_kind::tuning && !x.undone
      && !ends_trial(x.judged.result);
  });
  if (open == recent->rend())
    return nullptr;
  const auto& what = open->what;
  return json::object{
    {"id", static_cast<uint64_t>(what.id)},
    {"since", unix_seconds(what.at)},
    {"check_at", unix_seconds(what.at + what.settle + check_delay)}};
}

/// @returns which of the steps of a series the points have, in seconds.
double resolution(const std::vector<observation>& points) {
  if (points.empty())
    return 1;
  std::vector<double> lengths;
  lengths.reserve(points.size());
  for (const auto& x : points)
    lengths.push_back(seconds(x.length()));
  auto middle =
    lengths.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return std::max(std::round(*middle), 1.0);
}

} // namespace

json::object status_json(target_control& target) {
  auto setup = target.setup();
  auto status = target.status();
  auto in_force = target.in_force();
  return {
    {"name", target.name()},
    {"state", to_string(status.state)},
    {"reason", status.reason},
    {"mode", setup.mode},
    {"policy", setup.policy},
    {"judge", setup.judge},
    {"slo",
     json::object{
       {"p95_latency_ms", or_null(setup.p95_latency_ms)},
       {"error_ratio", setup.error_ratio}}},
    {"knobs", knobs_json(setup.knobs)},
    {"settings", to_json(in_force ? *in_force : settings{})},
    {"trial", trial_json(target, setup.check_delay)}};
}

json::object full_decision_json(const history_event& x) {
  auto result = decision_json(x);
  result["explanation"] = explain(x.what, x.judged);
  return result;
}

json::object
series_json(const std::string& target, const std::vector<observation>& points) {
  json::array items;
  items.reserve(points.size());
  for (const auto& x : points)
    items.push_back(to_json(x));
  return {
    {"target", target},
    {"resolution_seconds", resolution(points)},
    {"points", std::move(items)}};
}

json::object history_json(const std::vector<history_event>& events) {
  json::array items;
  items.reserve(events.size());
  for (const auto& x : events)
    items.push_back(event_json(x));
  return {{"events", std::move(items)}};
}

} // namespace tuner
