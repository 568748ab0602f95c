#include "app/admin/query.hpp"

#include "app/admin/reply.hpp"
#include "config/text.hpp"
#include "messages/fact_json.hpp"

#include <algorithm>
#include <charconv>

namespace tuner {

namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw refusal{400, "bad_query", message, {}};
}

std::string shown(std::string_view x) {
  return text::shortened(text::quoted(text::escaped(x)));
}

int hex_digit(char x) {
  constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
  auto i = digits.find(x);
  return i == digits.npos ? -1 : static_cast<int>(i % 16);
}

std::string decoded(std::string_view x) {
  std::string result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] != '%') {
      result += x[i] == '+' ? ' ' : x[i];
      continue;
    }
    auto high = i + 2 < x.size() ? hex_digit(x[i + 1]) : -1;
    auto low = i + 2 < x.size() ? hex_digit(x[i + 2]) : -1;
    if (high < 0 || low < 0)
      refuse("the query holds % without two hexadecimal digits: " + shown(x));
    result += static_cast<char>(16 * high + low);
    i += 2;
  }
  return result;
}

/// @returns `x` up to `mark`, and takes both off it.
std::string_view take_until(std::string_view& x, char mark) {
  auto end = std::min(x.find(mark), x.size());
  auto result = x.substr(0, end);
  x.remove_prefix(std::min(end + 1, x.size()));
  return result;
}

template <class T>
std::optional<T> number_in(const std::string& x) {
  T result{};
  auto end = x.data() + x.size();
  auto [stop, error] = std::from_chars(x.data(), end, result);
  if (error != std::errc{} || stop != end)
    return std::nullopt;
  return result;
}

} // namespace

query::query(std::string_view raw, std::vector<std::string_view> keys) {
  while (!raw.empty()) {
    auto value = take_until(raw, '&');
    auto key = decoded(take_until(value, '='));
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      refuse(
        "the query's " + shown(key) + " is unknown; "
        + (keys.empty() ? "nothing may follow the ?" : "allowed: " + text::instead_of(key, keys)));
    if (text(key))
      refuse("the query gives " + key + " twice; allowed: once");
    values_.emplace_back(std::move(key), decoded(value));
  }
}

std::optional<std::string> query::text(std::string_view key) const {
  for (const auto& [name, value] : values_)
    if (name == key)
      return value;
  return std::nullopt;
}

std::optional<uint32_t>
query::count(std::string_view key, uint32_t most) const {
  auto given = text(key);
  if (!given)
    return std::nullopt;
  auto result = number_in<uint32_t>(*given);
  if (!result || *result < 1 || *result > most)
    refuse(
      "the query's " + std::string{key} + '=' + shown(*given)
      + " is not allowed; allowed: a whole number from 1 to "
      + std::to_string(most));
  return result;
}

std::optional<instant> query::moment(std::string_view key) const {
  constexpr double last = 9.2e9; // As long as it fits into an instant.
  auto given = text(key);
  if (!given)
    return std::nullopt;
  auto result = number_in<double>(*given);
  if (!result || !(*result >= 0 && *result <= last))
    refuse(
      "the query's " + std::string{key} + '=' + shown(*given)
      + " is not allowed; allowed: Unix seconds, a number from 0 to "
        "9200000000");
  return instant_from(*result);
}

} // namespace tuner
