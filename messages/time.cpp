#include "messages/time.hpp"

#include <cstdio>
#include <ctime>

namespace tuner {

std::string to_string(instant x) {
  using namespace std::chrono;
  auto whole = floor<std::chrono::seconds>(x);
  auto ms = duration_cast<std::chrono::milliseconds>(x - whole).count();
  auto t = static_cast<std::time_t>(whole.time_since_epoch().count());
  std::tm utc{};
  gmtime_r(&t, &utc);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  char text[48];
  std::snprintf(text, sizeof text, "%s.%03dZ", date, static_cast<int>(ms));
  return text;
}

std::optional<instant> instant_of(std::string_view x) {
  constexpr std::string_view shape = "0000-00-00T00:00:00Z";
  auto fits = x.size() == shape.size();
  for (size_t i = 0; fits && i < x.size(); ++i)
    fits = shape[i] == '0' ? x[i] >= '0' && x[i] <= '9' : x[i] == shape[i];
  if (!fits)
    return std::nullopt;
  auto number = [&](size_t from, size_t digits) {
    int result = 0;
    for (auto c : x.substr(from, digits))
      result = 10 * result + (c - '0');
    return result;
  };
  std::chrono::year_month_day day{
    std::chrono::year{number(0, 4)},
    std::chrono::month{static_cast<unsigned>(number(5, 2))},
    std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  auto known = number(0, 4) >= 1970 && number(0, 4) <= 2261 && day.ok();
  if (!known || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
    return std::nullopt;
  return instant{std::chrono::sys_days{day}} + std::chrono::hours{number(11, 2)}
  + std::chrono::minutes{number(14, 2)} + std::chrono::seconds{number(17, 2)};
}

std::string to_string(duration x) {
  auto s = seconds(x);
  auto size = s < 0 ? -s : s;
  char text[32];
  if (size < 1e-3)
    std::snprintf(text, sizeof text, "%.3g us", s * 1e6);
  else if (size < 10)
    std::snprintf(text, sizeof text, "%.4g ms", s * 1e3);
  else
    std::snprintf(text, sizeof text, "%.4g s", s);
  return text;
}

} // namespace tuner
