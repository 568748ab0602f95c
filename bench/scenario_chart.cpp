#include "bench/scenario_chart.hpp"

#include "bench/chart.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace tuner {

namespace {

using namespace simulation;

constexpr double window_seconds = 10;

// Saturated, neither light nor dark.
constexpr const char* blue = "#3b82f6";
constexpr const char* red = "#ef4444";
constexpr const char* orange = "#d97706";
constexpr const char* green = "#059669";
constexpr const char* violet = "#8b5cf6";
constexpr const char* grey = "#7d8590";

/// Notes p95 latency and offered rate of each window.
class windows : public listener {
public:
  void arrived(double at) override {
    close_until(at);
    ++offered_;
  }
  void answered(double at, double latency) override {
    close_until(at);
    latencies_.add(latency);
  }

  std::vector<chart_point> p95_ms;
  std::vector<chart_point> offered_rps;

private:
  void close_until(double at) {
    for (; at >= begin_ + window_seconds; begin_ += window_seconds) {
      auto middle = begin_ + window_seconds / 2;
      if (latencies_.total() > 0)
        p95_ms.push_back({middle, latencies_.quantile_ms(0.95)});
      offered_rps.push_back({middle, offered_ / window_seconds});
      latencies_.clear();
      offered_ = 0;
    }
  }

  double begin_ = 0;
  double offered_ = 0;
  dense_histogram latencies_;
};

double highest(const std::vector<chart_point>& xs) {
  double result = 0;
  for (const auto& x : xs)
    result = std::max(result, x.value);
  return result;
}

/// @returns the values that a knob had.
std::vector<chart_point>
values_of(const char* knob, double initial, const simulation_result& ran) {
  std::vector<chart_point> result{{0, initial}};
  for (const auto& x : ran.decisions)
    for (const auto& move : x.what.moves)
      if (move.knob == knob) {
        result.push_back({x.at, move.to});
        if (x.undone_at)
          result.push_back({*x.undone_at, move.from});
      }
  std::stable_sort(
    result.begin(), result.end(),
    [](const auto& a, const auto& b) { return a.at < b.at; });
  return result;
}

chart_panel
latency_panel(const scenario& what, std::vector<chart_point> p95_ms) {
  chart_panel result{"ms", round_up(highest(p95_ms)), {}};
  auto slo = what.slo.p95_latency_ms;
  if (slo)
    result.top = std::min(
      round_up(1.3 * std::max(*slo, highest(p95_ms))), round_up(2 * *slo));
  result.lines.push_back(
    {"p95 latency", blue, std::move(p95_ms), false, false});
  if (slo)
    result.lines.push_back(
      {"SLO " + format_number(*slo) + " ms", red, {{0, *slo}}, true, true});
  return result;
}

chart_panel settings_panel(const scenario& what, const simulation_result& ran) {
  auto batch = values_of(knob::batch_size, what.initial.batch_size, ran);
  auto timeout =
    values_of(knob::batch_timeout, what.initial.batch_timeout_ms, ran);
  auto top = round_up(std::max({highest(batch), highest(timeout), 1.0}));
  return {
    "settings",
    top,
    {{"batch size", orange, std::move(batch), true, false},
     {"timeout, ms", green, std::move(timeout), true, false}}};
}

chart chart_of(
  const scenario& what, const simulation_result& ran, const windows& seen) {
  chart result;
  result.title = what.name + ", policy " + ran.policy + ", seed "
    + std::to_string(what.seed) + ". Grey lines: changes; red: undone.";
  result.duration_seconds = what.duration_seconds;
  auto rate = seen.offered_rps;
  auto most = round_up(highest(rate));
  result.panels = {
    latency_panel(what, seen.p95_ms),
    settings_panel(what, ran),
    {"requests/s", most, {{"offered", violet, std::move(rate), false, false}}}};
  for (const auto& x : ran.decisions) {
    result.marks.push_back({x.at, grey});
    if (x.undone_at)
      result.marks.push_back({*x.undone_at, red});
  }
  return result;
}

std::string file_name(const scenario& what, const std::string& policy) {
  auto digits = what.name.find_first_not_of("0123456789");
  auto begin =
    digits > 0 && digits != what.name.npos && what.name[digits] == '_'
    ? digits + 1
    : 0;
  return what.name.substr(begin) + '_' + policy + ".svg";
}

} // namespace

std::string draw_scenario(const planned_run& run, const std::string& folder) {
  windows seen;
  auto ran = simulate(run.what, run.trace, false, &seen);
  std::filesystem::create_directories(folder);
  auto path = std::filesystem::path{folder} / file_name(run.what, ran.policy);
  std::ofstream out{path};
  out << to_svg(chart_of(run.what, ran, seen));
  if (!out.flush())
    throw std::runtime_error{"can't write " + path.string()};
  return path.string();
}

} // namespace tuner
