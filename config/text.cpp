#include "config/text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace tuner::text {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

bool is_continuation(char x) {
  return (static_cast<unsigned char>(x) & 0xC0U) == 0x80U;
}

/// Appends `x` until `out` is long enough to be cut.
void append(std::string& out, const boost::json::value& x);

void append_members(std::string& out, const boost::json::object& x) {
  for (const auto& [key, value] : x) {
    if (out.size() > shown_bytes_max)
      return;
    out += out.back() == '{' ? "" : ",";
    out += quoted(key) + ':';
    append(out, value);
  }
}

void append(std::string& out, const boost::json::value& x) {
  if (const auto* object = x.if_object()) {
    out += '{';
    append_members(out, *object);
    out += '}';
  } else if (const auto* array = x.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (out.size() > shown_bytes_max)
        return;
      out += i == 0 ? "" : ",";
      append(out, (*array)[i]);
    }
    out += ']';
  } else if (const auto* text = x.if_string()) {
    out += quoted(*text);
  } else if (const auto* real = x.if_double()) {
    out += number(*real);
  } else {
    out += boost::json::serialize(x);
  }
}

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      auto replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

} // namespace

std::string number(double x) {
  if (std::isinf(x))
    return x > 0 ? "beyond 1e308" : "beyond -1e308";
  char out[64];
  if (x == std::trunc(x) && std::abs(x) < 1e15)
    return {
      out, std::to_chars(out, out + sizeof out, static_cast<int64_t>(x)).ptr};
  return {out, std::to_chars(out, out + sizeof out, x).ptr};
}

std::string quoted(std::string_view x) {
  auto json = boost::json::serialize(boost::json::string{x});
  std::string result;
  for (std::size_t i = 0; i < json.size(); ++i) {
    auto code = static_cast<unsigned char>(json[i]);
    if (
      code == 0xC2 && i + 1 < json.size()
      && static_cast<unsigned char>(json[i + 1]) < 0xA0)
      code = static_cast<unsigned char>(json[++i]); // U+0080 to U+009F
    else if (code != 0x7F) {
      result += json[i];
      continue;
    }
    char out[8];
    std::snprintf(out, sizeof out, "\\u%04x", static_cast<unsigned>(code));
    result += out;
  }
  return result;
}

std::string escaped(std::string_view x) {
  std::string result;
  for (char c : x) {
    if (c >= ' ' && c <= '~') {
      result += c;
      continue;
    }
    char out[8];
    std::snprintf(
      out, sizeof out, "\\x%02X",
      static_cast<unsigned>(static_cast<unsigned char>(c)));
    result += out;
  }
  return result;
}

std::string shortened(std::string x) {
  if (x.size() <= shown_bytes_max)
    return x;
  auto end = shown_bytes_max - 3;
  while (end > 0 && is_continuation(x[end]))
    --end;
  return x.substr(0, end) + "...";
}

std::string shown(const boost::json::value& x) {
  std::string result;
  append(result, x);
  return shortened(std::move(result));
}

std::string listed(const std::vector<std::string_view>& x) {
  std::string result;
  for (auto word : x) {
    result += result.empty() ? "" : ", ";
    result += word;
  }
  return result;
}

std::string step(const std::string& path, std::string_view key) {
  auto plain = !key.empty() && key.size() <= shown_bytes_max
    && std::all_of(key.begin(), key.end(), [](char c) {
         return c == '-' || letters.find(c) != letters.npos
           || digits.find(c) != digits.npos;
       });
  if (plain)
    return path.empty() ? std::string{key} : path + '.' + std::string{key};
  return path + '[' + shortened(quoted(key)) + ']';
}

std::string step(const std::string& path, std::size_t index) {
  return path + '[' + std::to_string(index) + ']';
}

std::string_view
nearest(std::string_view x, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t longest = 64; // Keeps the cost of a hostile key down.
  if (x.size() > longest)
    return {};
  std::string_view best;
  auto closest = std::max<std::size_t>(1, x.size() / 4) + 1;
  for (auto candidate : candidates) {
    auto distance = edit_distance(x, candidate);
    if (distance < closest) {
      closest = distance;
      best = candidate;
    }
  }
  return best;
}

std::string instead_of(
  std::string_view x, const std::vector<std::string_view>& candidates) {
  auto result = listed(candidates);
  if (auto meant = nearest(x, candidates); !meant.empty())
    result += "; did you mean " + std::string{meant} + '?';
  return result;
}

bool is_identifier(std::string_view x) {
  return !x.empty() && letters.find(x.front()) != letters.npos
    && std::all_of(x.begin(), x.end(), [](char c) {
         return letters.find(c) != letters.npos
           || digits.find(c) != digits.npos;
       });
}

} // namespace tuner::text
