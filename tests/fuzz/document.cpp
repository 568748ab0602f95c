#include "actors/targets/foreign/document.hpp"

#include "app/foreign/http_effector.hpp"
#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/lines.hpp"
#include "tests/fuzz/require.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace tuner::fuzz {

namespace {

/// @returns what `f` does, or nothing where it threw the documented error.
template <class F>
auto tried(const F& f) -> std::optional<decltype(f())> {
  try {
    return f();
  } catch (const std::runtime_error& x) {
    require(
      std::string_view{x.what()}.find('\n') == std::string_view::npos,
      "errors are lines");
    return {};
  }
}

/// All but `bytes` of `before` must be there after, on the left and the right.
void check_untouched(
  std::string_view before, std::string_view after, std::size_t bytes) {
  auto left = static_cast<std::size_t>(
    std::mismatch(before.begin(), before.end(), after.begin(), after.end())
      .first
    - before.begin());
  auto right = static_cast<std::size_t>(
    std::mismatch(before.rbegin(), before.rend(), after.rbegin(), after.rend())
      .first
    - before.rbegin());
  require(left + right + bytes >= before.size(), "the rest stays as it was");
}

void check_numbers(
  std::string_view text, std::string_view pointer, double value) {
  namespace json = document;
  auto old = tried([&] { return json::number_at(text, pointer); });
  auto part = tried([&] { return json::part_at(text, pointer); });
  auto patched = tried([&] { return json::with_number(text, pointer, value); });
  require(!old || part, "what is read is there");
  require(!patched || std::isfinite(value), "JSON has finite numbers");
  require(!old || patched || !std::isfinite(value), "a number can be replaced");
  if (!patched)
    return;
  auto again = tried([&] { return json::number_at(*patched, pointer); });
  require(again && *again == value, "what is written is read back");
  check_untouched(text, *patched, part ? part->size() : 0);
  if (old)
    require(
      json::with_number(*patched, pointer, value) == *patched,
      "what is there is written the same");
}

void check_texts(std::string_view text, std::string_view pointer) {
  namespace json = document;
  if (!tried([&] { return json::part_at(text, ""); }))
    return; // No JSON; then it may be no UTF-8 either.
  auto whole = tried([&] { return json::wrapped(text, pointer); });
  auto back =
    tried([&] { return whole ? json::text_at(*whole, pointer) : ""; });
  require(!whole || !back || *back == text, "what is wrapped is in it");
  auto old = tried([&] { return json::text_at(text, pointer); });
  if (!old)
    return;
  auto other = json::with_text(text, pointer, text);
  require(json::text_at(other, pointer) == text, "a text is read back");
  check_untouched(text, other, json::part_at(text, pointer).size());
}

void check_gathered(
  std::string_view text, std::string_view members, std::string_view pointer) {
  auto all = tried([&] { return document::gathered(text, members, pointer); });
  if (!all)
    return;
  boost::json::error_code problem;
  auto list = boost::json::parse(*all, problem);
  require(!problem && list.is_array(), "what is gathered is an array");
}

/// A host whose document is `text`, and which takes what it is told.
http_exchange host_with(std::string& text, const std::string& wrapped_at) {
  return [&text, wrapped_at](const http_request& x) {
    http_answer result;
    result.status = 200;
    if (x.method != "GET")
      text =
        wrapped_at.empty() ? x.body : document::text_at(x.body, wrapped_at);
    result.body = text;
    return result;
  };
}

/// Knob `a`, in a document or in one that is embedded in it, and knob `b`.
void check_effector(
  std::string text, std::string_view first, std::string_view second,
  double value, std::size_t how) {
  foreign_effector_config x;
  x.knob = "a";
  x.timeout_seconds = 1000;
  x.http.read_url = "http://h/";
  x.http.pointer = first;
  x.http.embedded_at = how == 1 ? second : "";
  x.http.wrap_at = how == 2 ? "/a/b" : "";
  x.http.layout = how == 3 ? "ray_serve" : "as_read";
  auto port = http_host({x}, host_with(text, x.http.wrap_at)).knobs().at("a");
  auto is_set = tried([&] {
    port.set(value);
    return true;
  });
  if (is_set && how != 3)
    require(
      std::abs(port.get() - value) <= 1e-8 * std::abs(value),
      "a knob has the value that was set");
}

/// Pointers come from a config, which is JSON.
bool is_text(std::string_view x) {
  namespace json = boost::json;
  json::error_code problem;
  json::parse(json::serialize(json::string_view{x.data(), x.size()}), problem);
  return !problem;
}

} // namespace

void document(std::string_view input) {
  auto first = line_of(input);
  auto second = line_of(input);
  if (!is_text(first) || !is_text(second))
    return;
  auto number = std::string{line_of(input)};
  auto value = std::strtod(number.c_str(), nullptr);
  check_numbers(input, first, value);
  check_texts(input, first);
  check_gathered(input, first, second);
  for (std::size_t how = 0; how < 4; ++how)
    check_effector(std::string{input}, first, second, value, how);
}

} // namespace tuner::fuzz
