#include "app/foreign/plain_number.hpp"

#include "config/text.hpp"

#include <charconv>
#include <cmath>
#include <stdexcept>

namespace tuner {

namespace {

/// What multiplying by a scale may miss by.
constexpr double rounding = 1e-12;

std::string_view trimmed(std::string_view x) {
  constexpr const char* blanks = " \t\r\n";
  auto begin = x.find_first_not_of(blanks);
  if (begin == x.npos)
    return {};
  return x.substr(begin, x.find_last_not_of(blanks) + 1 - begin);
}

} // namespace

std::string plain_number(double x) {
  if (std::abs(x - std::round(x)) <= rounding * std::abs(x))
    return whole_number(x);
  char result[400]; // Doubles need 326 digits at most.
  auto end =
    std::to_chars(result, result + sizeof result, x, std::chars_format::fixed);
  return {result, end.ptr};
}

std::string whole_number(double x) {
  char result[400];
  auto end = std::to_chars(
    result, result + sizeof result, std::round(x) + 0.0, // No -0.
    std::chars_format::fixed, 0);
  return {result, end.ptr};
}

double number_in(std::string_view text) {
  auto digits = trimmed(text);
  double result = 0;
  auto end = std::from_chars(digits.begin(), digits.end(), result);
  if (
    end.ec != std::errc{} || end.ptr != digits.end() || !std::isfinite(result))
    throw std::runtime_error{
      "no number, but " + text::shortened(text::quoted(digits))};
  return result;
}

} // namespace tuner
