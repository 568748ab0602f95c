#include "app/example_host/trace.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <string_view>

namespace tuner::example {

namespace {

/// Where we are, for messages.
struct place {
  const std::string& path;
  size_t line = 0;

  [[noreturn]] void fail(const std::string& what) const {
    throw trace_error{path + ":" + std::to_string(line) + ": " + what};
  }
};

std::string quoted(std::string_view x) {
  return "\"" + std::string{x} + "\"";
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> result;
  while (true) {
    auto comma = line.find(',');
    result.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos)
      return result;
    line.remove_prefix(comma + 1);
  }
}

/// The next line without its end; false at the end of the file.
bool read_line(std::ifstream& in, std::string& line) {
  if (!std::getline(in, line))
    return false;
  if (line.ends_with('\r'))
    line.pop_back();
  return true;
}

size_t column_index(
  const place& at, const std::vector<std::string_view>& header,
  const std::string& column) {
  auto n = std::count(header.begin(), header.end(), column);
  if (n == 1) {
    auto found = std::find(header.begin(), header.end(), column);
    return static_cast<size_t>(found - header.begin());
  }
  std::string names;
  for (auto name : header)
    names += (names.empty() ? "" : ", ") + quoted(name);
  at.fail(
    (n == 0 ? "no column " : "more than one column ") + quoted(column)
    + "; the header has " + names);
}

double time_of(const place& at, std::string_view text) {
  double value = 0;
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end || !std::isfinite(value))
    at.fail(quoted(text) + " is not a time: a finite number of seconds");
  return value;
}

} // namespace

std::vector<double>
read_trace(const std::string& path, const std::string& column) {
  std::ifstream in{path};
  place at{path};
  std::string line;
  if (!in)
    throw trace_error{path + ": cannot be opened; a CSV file is expected"};
  ++at.line;
  if (!read_line(in, line))
    at.fail("nothing here; a header that names the columns is expected");
  if (line.starts_with("\xef\xbb\xbf")) // byte order mark
    line.erase(0, 3);
  auto header = fields_of(line);
  auto columns = header.size();
  auto index = column_index(at, header, column);
  std::vector<double> times;
  for (++at.line; read_line(in, line); ++at.line) {
    if (line.empty())
      continue;
    auto fields = fields_of(line);
    if (fields.size() != columns)
      at.fail(
        quoted(line) + " has " + std::to_string(fields.size())
        + " fields; the header has " + std::to_string(columns));
    auto time = time_of(at, fields[index]);
    if (!times.empty() && time < times.back())
      at.fail(
        quoted(fields[index])
        + " is before the time above it; times must ascend");
    times.push_back(time);
  }
  if (in.bad())
    at.fail("cannot be read");
  if (times.size() < 2 || times.front() == times.back())
    at.fail(
      "the file ends with " + std::to_string(times.size())
      + " rows; at least two different times are needed");
  for (auto first = times.front(); auto& time : times)
    time -= first;
  return times;
}

} // namespace tuner::example
