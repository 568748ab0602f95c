#include "config/diff.hpp"

#include "config/loader.hpp"
#include "config/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace tuner {

namespace {

namespace json = boost::json;

/// What is not among these needs a new start: who is tuned, where the program
/// listens and writes, and whether there are actors at all.
constexpr std::array live_sections{
  std::string_view{"tuner."}, std::string_view{"logging.level"}};
constexpr std::array fixed_keys{
  std::string_view{"tuner.enabled"}, std::string_view{"tuner.history_size"}};

bool is_live(std::string_view path) {
  auto begins = [&](std::string_view x) { return path.starts_with(x); };
  return std::any_of(live_sections.begin(), live_sections.end(), begins)
    && std::find(fixed_keys.begin(), fixed_keys.end(), path)
    == fixed_keys.end();
}

void compare(
  const json::value& a, const json::value& b, const std::string& path,
  std::vector<std::string>& changed);

void compare_objects(
  const json::object& a, const json::object& b, const std::string& path,
  std::vector<std::string>& changed) {
  static const json::value absent;
  std::set<std::string_view> seen;
  for (const auto& [key, value] : a) {
    seen.insert(key);
    const auto* other = b.if_contains(key);
    compare(value, other ? *other : absent, text::step(path, key), changed);
  }
  for (const auto& [key, value] : b)
    if (!seen.contains(key))
      changed.push_back(text::step(path, key));
}

void compare(
  const json::value& a, const json::value& b, const std::string& path,
  std::vector<std::string>& changed) {
  if (a == b)
    return;
  const auto* rows = a.if_array();
  const auto* others = b.if_array();
  if (a.is_object() && b.is_object())
    compare_objects(a.get_object(), b.get_object(), path, changed);
  else if (rows && others && rows->size() == others->size())
    for (std::size_t i = 0; i < rows->size(); ++i)
      compare((*rows)[i], (*others)[i], text::step(path, i), changed);
  else
    changed.push_back(path);
}

/// Scripts are not written as JSON.
void compare_scripts(
  const config& a, const config& b, std::vector<std::string>& changed) {
  for (std::size_t i = 0; i < std::min(a.targets.size(), b.targets.size()); ++i)
    if (a.targets[i].scripted != b.targets[i].scripted)
      changed.push_back(text::step("targets", i) + ".scripted");
}

} // namespace

config_difference difference(const config& before, const config& now) {
  std::vector<std::string> changed;
  compare(json::parse(to_json(before)), json::parse(to_json(now)), "", changed);
  compare_scripts(before, now, changed);
  config_difference result;
  for (auto& path : changed)
    (is_live(path) ? result.live : result.fixed).push_back(std::move(path));
  return result;
}

std::string refusal_to_change(const config_difference& x) {
  if (x.fixed.empty())
    return {};
  std::string paths;
  for (const auto& path : x.fixed)
    paths += (paths.empty() ? "" : ", ") + path;
  return paths
    + " can't change while auto_tuner runs, so nothing was changed; put back "
      "what was there, or start again";
}

} // namespace tuner
