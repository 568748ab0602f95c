#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// One label of a series. Both are views of the text, and `value` still has
/// its escapes: see `unescaped`.
struct label_view {
  std::string_view name;
  std::string_view value;
};

/// One sample line of an exposition: views of its text.
struct series_view {
  std::string_view name;              ///< Of the sample: `x_bucket`, `x_sum`.
  std::span<const label_view> labels; ///< Valid until the next line is read.
  double value = 0;                   ///< May be NaN or infinite.
  /// As it stands there: milliseconds in classic text, seconds in OpenMetrics.
  std::optional<double> timestamp;
};

/// @returns the value of a label, nothing where the series has none such.
std::optional<std::string_view>
label_of(const series_view& x, std::string_view name);

/// @returns the text that the escapes `\\`, `\"` and `\n` stand for; other
/// backslashes stay as they are.
std::string unescaped(std::string_view x);

/// @returns the number that all of `x` is, as Prometheus writes them: `1`,
/// `+Inf`, `1e3`, `NaN`.
std::optional<double> number_of(std::string_view x);

/// @returns whether the last line is `# EOF`, with which OpenMetrics ends:
/// without it, the text was cut off.
bool ends_as_open_metrics(std::string_view exposition);

/// Reads what a Prometheus endpoint answers, line by line: classic text (format
/// 0.0.4) or OpenMetrics, also with quoted UTF-8 names. Takes any bytes at all:
/// what is no sample line is skipped, and counted unless it is blank or a
/// comment. Copies nothing and, after the first lines, allocates nothing.
class exposition_reader {
public:
  /// @param text must outlive the reader and all that it returns.
  explicit exposition_reader(std::string_view text) : rest_(text) {}

  /// Reads up to the next sample line. @returns whether there was one.
  bool next(series_view& x);

  /// @returns how many lines were no exposition.
  std::size_t garbage() const { return garbage_; }

  /// @returns the first of them, all its bytes, or an empty text.
  std::string_view first_garbage() const { return first_garbage_; }
  std::size_t first_garbage_line() const { return first_garbage_line_; }

private:
  bool read_line(std::string_view line, series_view& x);

  std::string_view rest_;
  std::vector<label_view> labels_;
  std::size_t line_ = 0;
  std::size_t garbage_ = 0;
  std::size_t first_garbage_line_ = 0; ///< Counted from 1.
  std::string_view first_garbage_;
};

} // namespace tuner
