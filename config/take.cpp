#include "config/take.hpp"

#include <algorithm>
#include <optional>

namespace tuner {

namespace {

namespace json = boost::json;

/// @returns `x` as a double, or nothing where it is no number. A whole number
/// beyond 2^53 is rounded: no range of whole numbers reaches that far.
std::optional<double> number_in(const json::value& x) {
  if (x.is_int64())
    return static_cast<double>(x.get_int64());
  if (x.is_uint64())
    return static_cast<double>(x.get_uint64());
  if (x.is_double())
    return x.get_double() == 0 ? 0 : x.get_double(); // never -0
  return std::nullopt;
}

} // namespace

bool take(const json::value& from, bool& x) {
  if (!from.is_bool())
    return false;
  x = from.get_bool();
  return true;
}

bool take(const json::value& from, double& x, const range& allowed) {
  auto number = number_in(from);
  if (!number || !allowed.contains(*number))
    return false;
  x = *number;
  return true;
}

bool take(const json::value& from, reading& x, const range& allowed) {
  double number = 0;
  if (!from.is_null() && !take(from, number, allowed))
    return false;
  x = from.is_null() ? reading{} : reading{number};
  return true;
}

bool take(const json::value& from, uint64_t& x, const range& allowed) {
  double number = 0;
  if (!take(from, number, allowed))
    return false;
  x = static_cast<uint64_t>(number);
  return true;
}

bool take(const json::value& from, std::string& x, const words& allowed) {
  const auto* word = from.if_string();
  if (
    !word
    || std::ranges::find(allowed, std::string_view{*word}) == allowed.end())
    return false;
  x = *word;
  return true;
}

bool take(const json::value& from, std::string& x, const text_rule& allowed) {
  const auto* text = from.if_string();
  if (!text || !allowed.accepts(*text))
    return false;
  x = *text;
  return true;
}

} // namespace tuner
