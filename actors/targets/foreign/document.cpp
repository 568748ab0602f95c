#include "actors/targets/foreign/document.hpp"

#include "actors/targets/foreign/json_scanner.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <vector>

namespace tuner::document {

namespace {

namespace json = boost::json;

constexpr std::size_t shown_bytes_max = 60;
constexpr double exact_below = 9007199254740992; // 2^53

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error{what};
}

std::string shown(std::string_view token) {
  std::string result;
  for (auto c : token.substr(0, shown_bytes_max))
    result += c < ' ' || c > '~' ? '?' : c;
  return result + (token.size() > shown_bytes_max ? "..." : "");
}

std::string quoted(std::string_view text) {
  return json::serialize(json::string_view{text.data(), text.size()});
}

void check(std::string_view document) {
  json::error_code ec;
  json::parse({document.data(), document.size()}, ec);
  if (ec)
    refuse(
      "no JSON (" + ec.message()
      + "): " + (document.empty() ? "nothing" : shown(document)));
}

std::vector<std::string> steps(std::string_view pointer) {
  std::vector<std::string> result;
  if (!pointer.empty() && pointer.front() != '/')
    refuse(shown(pointer) + ": a JSON pointer begins with /");
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      result.emplace_back();
    } else if (pointer[i] != '~') {
      result.back() += pointer[i];
    } else {
      auto code = i + 1 < pointer.size() ? pointer[++i] : ' ';
      if (code != '0' && code != '1')
        refuse(shown(pointer) + ": a ~ in a JSON pointer is ~0, a / is ~1");
      result.back() += code == '0' ? '~' : '/';
    }
  }
  return result;
}

/// Where a pointer leads.
struct found {
  std::optional<place> value;
  place parent;     ///< Of a value that is missing: the object to have it.
  std::string last; ///< Key.
};

std::optional<place> in_array(
  const std::vector<member>& members, const std::string& key,
  std::string_view pointer) {
  std::size_t index = 0;
  const auto* end = key.data() + key.size();
  auto done = std::from_chars(key.data(), end, index);
  if (
    key.empty() || done.ec != std::errc{} || done.ptr != end
    || (key.size() > 1 && key.front() == '0') || index >= members.size())
    refuse(
      shown(pointer) + ": \"" + shown(key) + "\" is no index of an array of "
      + std::to_string(members.size()));
  return members[index].value;
}

std::optional<place> in_object(
  const std::vector<member>& members, const std::string& key,
  std::string_view pointer) {
  std::optional<place> result;
  for (const auto& m : members)
    if (m.key == key) {
      if (result)
        refuse(shown(pointer) + ": \"" + shown(key) + "\" is there twice");
      result = m.value;
    }
  return result;
}

found look_up(const scanner& in, place from, std::string_view pointer) {
  found result{from, {}, {}};
  auto all = steps(pointer);
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto here = *result.value;
    auto kind = in.kind(here);
    if (kind != '{' && kind != '[')
      refuse(
        shown(pointer) + ": found " + shown(in.token(here))
        + " on the way instead of an object or an array");
    result = {
      kind == '[' ? in_array(in.members(here), all[i], pointer)
                  : in_object(in.members(here), all[i], pointer),
      here, all[i]};
    if (!result.value && i + 1 < all.size())
      refuse(shown(pointer) + ": there is no \"" + shown(all[i]) + '"');
  }
  return result;
}

/// @returns where the pointer leads. @throws where nothing is.
place at(const scanner& in, std::string_view pointer) {
  auto result = look_up(in, in.whole(), pointer);
  if (!result.value)
    refuse(shown(pointer) + ": there is no \"" + shown(result.last) + '"');
  return *result.value;
}

std::optional<double> number_in(std::string_view token) {
  double result = 0;
  const auto* end = token.data() + token.size();
  auto done = std::from_chars(token.data(), end, result);
  if (
    token.empty() || done.ec != std::errc{} || done.ptr != end
    || !std::isfinite(result))
    return std::nullopt;
  return result;
}

/// @returns the number spelled by `token`, as a number or as a text.
double number_of(std::string_view token, std::string_view pointer) {
  auto text = token.front() == '"' ? unquoted(token) : std::string{token};
  auto result = number_in(text);
  if (!result)
    refuse(shown(pointer) + ": found " + shown(token) + " instead of a number");
  return *result;
}

std::string spelled(double x) {
  char digits[32];
  auto whole = std::nearbyint(x) == x && std::abs(x) <= exact_below;
  auto done = whole
    ? std::to_chars(digits, std::end(digits), static_cast<int64_t>(x))
    : std::to_chars(digits, std::end(digits), x);
  return {digits, done.ptr};
}

std::string replaced(std::string_view text, place x, std::string_view by) {
  std::string result{text.substr(0, x.begin)};
  return result.append(by).append(text.substr(x.end));
}

} // namespace

double number_at(std::string_view document, std::string_view pointer) {
  check(document);
  scanner in{document};
  return number_of(in.token(at(in, pointer)), pointer);
}

std::string text_at(std::string_view document, std::string_view pointer) {
  check(document);
  scanner in{document};
  auto x = at(in, pointer);
  if (in.kind(x) != '"')
    refuse(
      shown(pointer) + ": found " + shown(in.token(x)) + " instead of a text");
  return unquoted(in.token(x));
}

std::string
with_number(std::string_view document, std::string_view pointer, double value) {
  if (!std::isfinite(value))
    refuse(shown(pointer) + ": JSON has no infinite numbers");
  check(document);
  scanner in{document};
  auto x = look_up(in, in.whole(), pointer);
  auto number = spelled(value);
  if (x.value) {
    auto token = in.token(*x.value);
    number_of(token, pointer);
    return replaced(
      document, *x.value, token.front() == '"' ? '"' + number + '"' : number);
  }
  auto others = in.members(x.parent);
  auto end = others.empty() ? x.parent.begin + 1 : others.back().value.end;
  return replaced(
    document, {end, end},
    (others.empty() ? "" : ",") + quoted(x.last) + ':' + number);
}

std::string with_text(
  std::string_view document, std::string_view pointer, std::string_view text) {
  text_at(document, pointer);
  scanner in{document};
  return replaced(document, at(in, pointer), quoted(text));
}

std::string wrapped(std::string_view text, std::string_view pointer) {
  auto result = quoted(text);
  auto all = steps(pointer);
  for (auto i = all.rbegin(); i != all.rend(); ++i)
    result = '{' + quoted(*i) + ':' + result + '}';
  return result;
}

std::string gathered(
  std::string_view document, std::string_view members,
  std::string_view pointer) {
  check(document);
  scanner in{document};
  auto from = at(in, members);
  if (in.kind(from) != '{')
    refuse(
      shown(members) + ": found " + shown(in.token(from))
      + " instead of an object");
  std::string result;
  for (const auto& m : in.members(from)) {
    auto x = look_up(in, m.value, pointer);
    if (!x.value || in.token(*x.value) == "null")
      refuse(
        shown(members) + ": \"" + shown(m.key) + "\" has nothing at "
        + shown(pointer));
    result += (result.empty() ? "" : ",") + std::string{in.token(*x.value)};
  }
  return '[' + result + ']';
}

std::string part_at(std::string_view document, std::string_view pointer) {
  check(document);
  scanner in{document};
  auto x = look_up(in, in.whole(), pointer);
  return x.value ? std::string{in.token(*x.value)} : "";
}

} // namespace tuner::document
