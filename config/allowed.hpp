#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// The numbers that a key may have.
struct range {
  double min = 0;
  double max = 0;
  const char* unit = "";  ///< In words; empty: a plain number.
  bool whole = false;     ///< No fractions.
  bool above_min = false; ///< `min` itself is not allowed.
  bool below_max = false; ///< `max` itself is not allowed.

  bool contains(double x) const;
};

/// From `min` to `max`, both allowed.
constexpr range within(double min, double max, const char* unit = "") {
  return {min, max, unit, false, false, false};
}

/// The whole numbers from `min` to `max`.
constexpr range whole(double min, double max, const char* unit = "") {
  return {min, max, unit, true, false, false};
}

/// More than `min`, at most `max`.
constexpr range above(double min, double max, const char* unit = "") {
  return {min, max, unit, false, true, false};
}

/// More than `min`, less than `max`.
constexpr range between(double min, double max, const char* unit = "") {
  return {min, max, unit, false, true, true};
}

/// @returns `a number from 0.01 to 86400 (seconds)`.
std::string to_string(const range& x);

/// The words that a key may have.
using words = std::vector<std::string_view>;

/// @returns `one of "auto", "advise"`.
std::string to_string(const words& x);

/// The texts that a key may have.
struct text_rule {
  bool (*accepts)(std::string_view x);
  const char* what; ///< In words.
};

/// Anything on one line.
extern const text_rule line_text;

/// Like `line_text`, but not empty.
extern const text_rule some_text;

/// A name, or empty for none.
extern const text_rule name_text;

/// A moment, or empty for none.
extern const text_rule moment_text;

/// Moments that come back, or empty for none.
extern const text_rule cron_text;

/// An address to listen on.
extern const text_rule address_text;

} // namespace tuner
