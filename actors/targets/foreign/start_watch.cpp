#include "actors/targets/foreign/start_watch.hpp"

#include <cmath>

namespace tuner {

namespace {

/// Some exporters work out the start from an uptime of whole seconds.
constexpr double start_slack_seconds = 2;

bool is_number(const std::optional<double>& x) {
  return x && std::isfinite(*x);
}

} // namespace

bool start_watch::started_anew(const foreign_figures& x) {
  const auto& started = x[foreign_figure::started];
  const auto& uptime = x[foreign_figure::uptime];
  auto result = false;
  if (is_number(started)) {
    result = started_ && *started > *started_ + start_slack_seconds;
    started_ = started;
  }
  if (is_number(uptime)) {
    result = result || (uptime_ && *uptime < *uptime_);
    uptime_ = uptime;
  }
  return result;
}

} // namespace tuner
