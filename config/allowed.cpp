#include "config/allowed.hpp"

#include "actors/analyzer/freeze.hpp"
#include "config/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

constexpr std::size_t line_bytes_max = 4096;

bool is_line(std::string_view x) {
  return x.size() <= line_bytes_max
    && std::none_of(x.begin(), x.end(), [](char c) {
           auto code = static_cast<unsigned char>(c);
           return code < ' ' || code == 0x7F;
         });
}

bool is_address(std::string_view x) {
  in6_addr buffer{};
  std::string text{x};
  return text.find('\0') == text.npos
    && (inet_pton(AF_INET, text.c_str(), &buffer) == 1
        || inet_pton(AF_INET6, text.c_str(), &buffer) == 1);
}

} // namespace

const text_rule line_text{
  is_line, "a text of at most 4096 bytes without control characters"};

const text_rule some_text{
  [](std::string_view x) { return !x.empty() && is_line(x); },
  "a text of 1 to 4096 bytes without control characters"};

const text_rule name_text{
  [](std::string_view x) { return x.empty() || text::is_identifier(x); },
  "a name of letters, digits and _ that does not start with a digit, or \"\""};

const text_rule moment_text{
  [](std::string_view x) { return x.empty() || instant_of(x); },
  "a moment from 1970 to 2261 like \"2026-12-24T00:00:00Z\", or \"\""};

const text_rule cron_text{
  [](std::string_view x) { return x.empty() || cron_of(x); },
  "minute, hour, day, month and weekday like \"0,30 9-17 * * 1-5\", or \"\""};

const text_rule address_text{is_address, "an IPv4 or IPv6 address"};

bool range::contains(double x) const {
  return std::isfinite(x) && (above_min ? x > min : x >= min)
    && (below_max ? x < max : x <= max) && (!whole || x == std::trunc(x));
}

std::string to_string(const range& x) {
  std::string result = x.whole ? "a whole number " : "a number ";
  result += (x.above_min ? "above " : "from ") + text::number(x.min);
  result += x.below_max ? " and below " : x.above_min ? " up to " : " to ";
  result += text::number(x.max);
  if (*x.unit != '\0')
    result += std::string{" ("} + x.unit + ')';
  return result;
}

std::string to_string(const words& x) {
  std::string result;
  for (auto word : x) {
    result += result.empty() ? "" : ", ";
    result += text::quoted(word);
  }
  return x.size() > 1 ? "one of " + result : result;
}

} // namespace tuner
