#include "messages/enrolment.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cmath>
#include <stdexcept>

namespace tuner {

namespace {

namespace json = boost::json;

constexpr size_t name_bytes_max = 64;
constexpr size_t knobs_max = 64;

constexpr std::array roles{
  knob_role::batch_size, knob_role::batch_timeout, knob_role::cache_size,
  knob_role::other};

json::object json_of(const knob_spec& x) {
  return {
    {"name", x.name},
    {"role", to_string(x.role)},
    {"min", x.min},
    {"max", x.max},
    {"step", x.step},
    {"unit", x.unit},
    {"initial", x.initial},
    {"enabled", x.enabled},
    {"max_step_ratio", x.max_step_ratio}};
}

/// @returns a text that can stand in a label, a log line and a file's name.
std::string
name_from(const json::value& from, const char* what, bool may_lack) {
  auto result = std::string{from.as_string()};
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
      || (c >= '0' && c <= '9') || c == '_';
  };
  auto ok = result.size() <= name_bytes_max && (may_lack || !result.empty());
  for (auto c : result)
    ok = ok && plain(c);
  if (!ok)
    throw std::range_error{
      std::string{what} + " \"" + result.substr(0, name_bytes_max)
      + "\" is none: 1 to 64 letters, digits and underscores"};
  return result;
}

knob_role role_from(const json::value& from) {
  for (auto role : roles)
    if (from.as_string() == to_string(role))
      return role;
  throw std::range_error{"a knob's role is unknown: use the same version"};
}

knob_spec knob_from(const json::value& from) {
  knob_spec result;
  result.name = name_from(from.at("name"), "the knob", false);
  result.role = role_from(from.at("role"));
  result.min = from.at("min").to_number<double>();
  result.max = from.at("max").to_number<double>();
  result.step = from.at("step").to_number<double>();
  result.unit = from.at("unit").as_string();
  result.initial = from.at("initial").to_number<double>();
  result.enabled = from.at("enabled").as_bool();
  result.max_step_ratio = from.at("max_step_ratio").to_number<double>();
  if (
    !(result.min <= result.initial && result.initial <= result.max)
    || !(result.step >= 0) || !(result.max_step_ratio >= 0))
    throw std::range_error{
      "the bounds of knob " + result.name + " make no sense"};
  return result;
}

} // namespace

std::string to_text(const enrolment& x) {
  json::array knobs;
  for (const auto& knob : x.knobs.knobs)
    knobs.push_back(json_of(knob));
  return json::serialize(json::object{
    {"token", x.token},
    {"target", x.target},
    {"group", x.group},
    {"process", x.process},
    {"version", x.version},
    {"knobs", std::move(knobs)}});
}

enrolment enrolment_from(const std::string& text) {
  boost::system::error_code problem;
  auto x = json::parse(text, problem);
  if (problem)
    throw std::range_error{"it enrolls with no JSON: " + problem.message()};
  enrolment result;
  result.token = x.at("token").as_string();
  result.target = name_from(x.at("target"), "the target", false);
  result.group = name_from(x.at("group"), "the group", true);
  result.process = x.at("process").to_number<uint64_t>();
  result.version = x.at("version").as_string();
  const auto& knobs = x.at("knobs").as_array();
  if (knobs.size() > knobs_max)
    throw std::range_error{"more than 64 knobs"};
  for (const auto& knob : knobs) {
    auto spec = knob_from(knob);
    if (result.knobs.find(spec.name))
      throw std::range_error{"two knobs are called " + spec.name};
    result.knobs.knobs.push_back(std::move(spec));
  }
  return result;
}

} // namespace tuner
