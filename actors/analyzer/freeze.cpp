#include "actors/analyzer/freeze.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tuner {

namespace {

using std::chrono::days;
using std::chrono::floor;

/// Cuts the part of `text` before the next `mark`, or all of it.
std::string_view cut(std::string_view& text, char mark) {
  auto end = std::min(text.find(mark), text.size());
  auto result = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return result;
}

std::optional<int> number_of(std::string_view text) {
  int result = 0;
  auto [end, error] =
    std::from_chars(text.data(), text.data() + text.size(), result);
  if (
    text.empty() || text.front() == '-' || error != std::errc{}
    || end != text.data() + text.size())
    return std::nullopt;
  return result;
}

struct span {
  int first = 0;
  int last = 0;
  int step = 1;
};

/// @returns what one item of a list stands for: `*`, `5`, `1-5`, `*/15`.
std::optional<span> span_of(std::string_view item, int min, int max) {
  auto stepped = item.find('/') != item.npos;
  auto range = cut(item, '/');
  auto step = stepped ? number_of(item) : 1;
  auto is_range = range == "*" || range.find('-') != range.npos;
  if (!step || *step < 1 || (stepped && !is_range))
    return std::nullopt;
  if (range == "*")
    return span{min, max, *step};
  auto first = number_of(cut(range, '-'));
  auto last = is_range ? number_of(range) : first;
  if (!first || !last || *first < min || *last > max || *first > *last)
    return std::nullopt;
  return span{*first, *last, *step};
}

template <std::size_t Size>
bool read_field(
  std::bitset<Size>& to, std::string_view text, int min, int max) {
  if (text.empty() || text.back() == ',')
    return false;
  while (!text.empty()) {
    auto item = span_of(cut(text, ','), min, max);
    if (!item)
      return false;
    for (int i = item->first; i <= item->last; i += item->step)
      to.set(static_cast<std::size_t>(i) % Size); // Sunday is 7, too.
  }
  return true;
}

bool matches_day(const cron& x, std::chrono::sys_days day) {
  std::chrono::year_month_day date{day};
  auto month_day = x.days.test(static_cast<unsigned>(date.day()));
  auto week_day = x.weekdays.test(std::chrono::weekday{day}.c_encoding());
  return x.months.test(static_cast<unsigned>(date.month()))
    && (x.either_day ? month_day || week_day : month_day && week_day);
}

/// @returns the last minute of a day, up to `limit`, that `x` matches.
std::optional<int> last_minute(const cron& x, int limit) {
  for (int minute = limit; minute >= 0; --minute)
    if (
      x.hours.test(static_cast<std::size_t>(minute / 60))
      && x.minutes.test(static_cast<std::size_t>(minute % 60)))
      return minute;
  return std::nullopt;
}

} // namespace

std::optional<cron> cron_of(std::string_view text) {
  std::array<std::string_view, 5> fields;
  for (auto& field : fields)
    field = cut(text, ' ');
  cron result;
  if (
    !text.empty() || !read_field(result.minutes, fields[0], 0, 59)
    || !read_field(result.hours, fields[1], 0, 23)
    || !read_field(result.days, fields[2], 1, 31)
    || !read_field(result.months, fields[3], 1, 12)
    || !read_field(result.weekdays, fields[4], 0, 7))
    return std::nullopt;
  result.either_day = fields[2].front() != '*' && fields[4].front() != '*';
  return result;
}

std::optional<instant>
last_match(const cron& x, instant earliest, instant from) {
  auto today = floor<days>(from);
  auto limit =
    static_cast<int>(floor<std::chrono::minutes>(from - today).count());
  for (auto day = today; day + days{1} > earliest; day -= days{1}) {
    auto minute = matches_day(x, day) ? last_minute(x, limit) : std::nullopt;
    if (minute) {
      auto at = instant{day} + std::chrono::minutes{*minute};
      return at >= earliest ? std::optional{at} : std::nullopt;
    }
    limit = 24 * 60 - 1;
  }
  return std::nullopt;
}

std::optional<instant>
frozen_until(const std::vector<freeze_window>& windows, instant now) {
  std::optional<instant> result;
  for (const auto& x : windows) {
    auto from = x.from;
    auto to = x.to;
    if (x.starts) {
      auto began = last_match(*x.starts, now - x.length, now);
      if (!began)
        continue;
      from = *began;
      to = *began + x.length;
    }
    if (from <= now && now < to && (!result || *result < to))
      result = to;
  }
  return result;
}

} // namespace tuner
