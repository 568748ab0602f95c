#include "actors/analyzer/learned.hpp"

#include "messages/fact_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr const char* regime_kind = "regime";
constexpr const char* blame_kind = "blame";
constexpr const char* stand_down_kind = "stands_down";
constexpr const char* advice_kind = "advice";
constexpr const char* knowledge_kind = "knowledge";

std::string text_of(const json::value& x) {
  return json::serialize(x);
}

json::object json_of(const blame_book::entry& x) {
  return {{"knob", x.knob},           {"up", x.up},
          {"from", x.from},           {"regime", x.where},
          {"at", unix_seconds(x.at)}, {"seconds", seconds(x.length)}};
}

blame_book::entry blame_from(const json::value& x) {
  return {
    std::string{x.at("knob").as_string()},
    x.at("up").as_bool(),
    x.at("from").to_number<double>(),
    x.at("regime").to_number<int>(),
    instant_from(x.at("at").to_number<double>()),
    from_seconds(x.at("seconds").to_number<double>())};
}

json::object json_of(const gate_state& x) {
  json::array rollbacks;
  for (auto at : x.rollbacks)
    rollbacks.push_back(unix_seconds(at));
  return {
    {"rollbacks", std::move(rollbacks)},
    {"until", unix_seconds(x.advice_until)},
    {"seconds", seconds(x.advice_length)}};
}

void restore(gate_state& to, const json::value& x) {
  for (const auto& at : x.at("rollbacks").as_array())
    to.rollbacks.push_back(instant_from(at.to_number<double>()));
  to.advice_until = instant_from(x.at("until").to_number<double>());
  to.advice_length = from_seconds(x.at("seconds").to_number<double>());
}

void restore(learned& to, const memo& x) {
  if (x.kind == regime_kind)
    to.regimes->remember(std::stoi(x.key), settings_from(json::parse(x.value)));
  else if (x.kind == blame_kind)
    to.blames.restore(blame_from(json::parse(x.value)));
  else if (x.kind == stand_down_kind)
    to.standing_down.insert(x.key);
  else if (x.kind == advice_kind)
    restore(to.gate, json::parse(x.value));
  else if (x.kind == knowledge_kind)
    to.of_target[x.key] = x.value;
}

} // namespace

std::vector<memo> memos_of(const learned& x) {
  std::vector<memo> result;
  for (const auto& [where, values] : x.regimes->all())
    result.push_back(
      {regime_kind, std::to_string(where), text_of(to_json(values))});
  for (const auto& entry : x.blames.entries())
    result.push_back(
      {blame_kind,
       entry.knob + (entry.up ? " up " : " down ")
         + std::to_string(entry.where),
       text_of(json_of(entry))});
  for (const auto& knob : x.standing_down)
    result.push_back({stand_down_kind, knob, "yes"});
  if (!x.gate.rollbacks.empty())
    result.push_back({advice_kind, "", text_of(json_of(x.gate))});
  for (const auto& [name, what] : x.of_target)
    result.push_back({knowledge_kind, name, what});
  return result;
}

learned learned_from(const std::vector<memo>& memos, const blame_params& p) {
  learned result;
  result.blames = blame_book{p};
  for (const auto& x : memos)
    try {
      restore(result, x);
    } catch (const std::exception&) {
      continue;
    }
  return result;
}

std::vector<memo>
difference(const std::vector<memo>& before, const std::vector<memo>& now) {
  auto in = [](const std::vector<memo>& all, const memo& x) {
    return std::find_if(all.begin(), all.end(), [&](const memo& y) {
      return y.kind == x.kind && y.key == x.key;
    });
  };
  std::vector<memo> result;
  for (const auto& x : before)
    if (in(now, x) == now.end())
      result.push_back({x.kind, x.key, {}});
  for (const auto& x : now)
    if (auto i = in(before, x); i == before.end() || i->value != x.value)
      result.push_back(x);
  return result;
}

} // namespace tuner
