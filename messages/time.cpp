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
