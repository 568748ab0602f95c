#include "app/admin/body.hpp"
#include "app/admin/content.hpp"
#include "app/admin/guard.hpp"
#include "app/admin/json_line.hpp"
#include "config/text.hpp"
#include "messages/fact_json.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

namespace json = boost::json;

[[noreturn]] void refuse_body(const std::string& message) {
  throw refusal{400, "bad_body", message, {}};
}

/// The key `target`, which may be left out where there is one target.
class target_key {
public:
  void describe(schema_visitor& v) {
    v.text("target", name_, {accepts, "the name of a target"}, "");
  }

  target_control& in(const admin_content& of) const {
    return target_called(
      of, name_ == left_out ? std::nullopt : std::optional{name_});
  }

private:
  static constexpr const char* left_out = "\n"; ///< No name.

  static bool accepts(std::string_view x) { return name_text.accepts(x); }

  std::string name_ = left_out;
};

target_control&
only_target_in(const admin_content& of, const std::string& body) {
  target_key target;
  read_body(body, [&](schema_visitor& v) { target.describe(v); });
  return target.in(of);
}

reply status_reply(const std::string& target, const tuning_status& x) {
  return json_reply(json_line(json::object{
    {"target", target}, {"state", to_string(x.state)}, {"reason", x.reason}}));
}

reply pause(const admin_content& of, const admin_request& x) {
  auto& target = only_target_in(of, x.body);
  return status_reply(
    target.name(), value_of(target.pause(guard::operator_of(x))));
}

reply resume(const admin_content& of, const admin_request& x) {
  auto& target = only_target_in(of, x.body);
  return status_reply(
    target.name(), value_of(target.resume(guard::operator_of(x))));
}

reply rollback(const admin_content& of, const admin_request& x) {
  target_key target;
  uint64_t steps = 1;
  read_body(x.body, [&](schema_visitor& v) {
    target.describe(v);
    v.number("steps", steps, whole(1, 1000, "changes"), "");
  });
  auto& chosen = target.in(of);
  auto done =
    chosen.rollback(static_cast<uint32_t>(steps), guard::operator_of(x));
  json::array events;
  for (const auto& what : value_of(done))
    events.push_back(event_json({chosen.name(), what, {}, false}));
  return json_reply(json_line(json::object{{"events", std::move(events)}}));
}

/// Refuses values that no knob of the target can have.
void check_settings(settings& wanted, const knob_table& knobs) {
  if (wanted.empty())
    refuse_body(
      "settings is missing; allowed: an object with a value for each knob to "
      "be set, as in {\"settings\": {\"batch_size\": 16}}");
  std::vector<std::string_view> names;
  for (const auto& x : knobs.knobs)
    names.push_back(x.name);
  for (auto& [name, value] : wanted) {
    const auto* spec = knobs.find(name);
    auto path = text::step("settings", name);
    if (!spec)
      refuse_body(
        path
        + ": no knob of the target; allowed: " + text::instead_of(name, names));
    auto possible = clamp(*spec, value);
    if (std::abs(possible - value) > 1e-9 * std::max(1.0, std::abs(value)))
      refuse_body(
        path + ": " + text::number(value) + " is not allowed; allowed: from "
        + text::number(spec->min) + " to " + text::number(spec->max)
        + (spec->step > 0 ? " in steps of " + text::number(spec->step) : "")
        + (spec->unit.empty() ? "" : ' ' + spec->unit) + "; the nearest is "
        + text::number(possible));
    value = possible;
  }
}

reply set(const admin_content& of, const admin_request& x) {
  target_key target;
  settings wanted;
  read_body(x.body, [&](schema_visitor& v) {
    target.describe(v);
    v.numbers("settings", wanted, within(-1e12, 1e12), "");
  });
  auto& chosen = target.in(of);
  check_settings(wanted, chosen.setup().knobs);
  auto done = chosen.set(wanted, guard::operator_of(x));
  return json_reply(
    json_line(event_json({chosen.name(), value_of(done), {}, false})));
}

reply reload(const admin_content& of, const admin_request& x) {
  read_body(x.body, [](schema_visitor&) {});
  auto done = of.reload(guard::operator_of(x));
  if (!done)
    throw refusal{409, "not_reloaded", done.refusal, {}};
  json::array changed;
  for (const auto& path : *done)
    changed.push_back(json::value(path));
  return json_reply(json_line(json::object{{"changed", std::move(changed)}}));
}

reply log_level_of_actor(const admin_content& of, const admin_request& x) {
  static const words actors{log_actors().begin(), log_actors().end()};
  static const words levels{"trace",   "debug", "info",
                            "warning", "error", "off"};
  std::string actor;
  std::string level;
  read_body(x.body, [&](schema_visitor& v) {
    v.word("actor", actor, actors, "");
    v.word("level", level, levels, "");
  });
  if (actor.empty())
    refuse_body("actor is missing; allowed: " + to_string(actors));
  if (level.empty())
    refuse_body("level is missing; allowed: " + to_string(levels));
  of.logs->set_level(actor, *log_level_of(level));
  return json_reply(
    json_line(json::object{{"actor", actor}, {"level", level}}));
}

} // namespace

std::vector<route> command_routes() {
  return {
    {"POST", "/api/v1/pause", pause},
    {"POST", "/api/v1/resume", resume},
    {"POST", "/api/v1/rollback", rollback},
    {"POST", "/api/v1/set", set},
    {"POST", "/api/v1/reload", reload},
    {"POST", "/api/v1/log-level", log_level_of_actor},
  };
}

} // namespace tuner
