#include "bench/judge_table.hpp"

#include "bench/bench.hpp"

#include <cmath>
#include <limits>

namespace tuner {

namespace {

constexpr double backlog_patience_seconds = 5;

template <class Is>
share share_of(const std::vector<judged_trial>& xs, Is is) {
  auto count = std::count_if(xs.begin(), xs.end(), is);
  return {static_cast<size_t>(count), xs.size()};
}

std::string percent(const share& x) {
  return format_number(100 * x.ratio(), 3);
}

/// @returns `0.1 (0-0.6)`.
std::string percent_between(const share& x) {
  auto range = wilson(x);
  return percent(x) + " (" + format_number(100 * range.low, 3) + "-"
    + format_number(100 * range.high, 3) + ')';
}

boost::json::object json_of(const share& x) {
  auto range = wilson(x);
  return {{"ratio", x.ratio()}, {"low", range.low}, {"high", range.high}};
}

} // namespace

share_range wilson(const share& x) {
  if (x.of == 0)
    return {};
  constexpr double z = 1.96;
  auto n = static_cast<double>(x.of);
  auto p = x.ratio();
  auto middle = p + z * z / (2 * n);
  auto spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  auto scale = 1 + z * z / n;
  return {
    std::max(0.0, (middle - spread) / scale),
    std::min(1.0, (middle + spread) / scale)};
}

bool judged_trial::undone_within(double seconds) const {
  return ending.undone_after_seconds && *ending.undone_after_seconds <= seconds
    && ending.result != outcome::kept;
}

bool judged_trial::undone_before_backlog_hurts() const {
  if (!backlog_after_seconds)
    return undone_within(std::numeric_limits<double>::infinity());
  return undone_within(*backlog_after_seconds + backlog_patience_seconds);
}

share judge_row::ended(outcome how) const {
  return share_of(
    trials, [how](const auto& x) { return x.ending.result == how; });
}

share judge_row::doubted() const {
  return share_of(trials, [](const auto& x) { return x.ending.doubted; });
}

share judge_row::undone_within(double seconds) const {
  return share_of(
    trials, [seconds](const auto& x) { return x.undone_within(seconds); });
}

share judge_row::undone_before_backlog_hurts() const {
  return share_of(
    trials, [](const auto& x) { return x.undone_before_backlog_hurts(); });
}

double judge_row::undo_seconds_median() const {
  std::vector<double> all;
  for (const auto& x : trials)
    if (x.ending.undone_after_seconds)
      all.push_back(*x.ending.undone_after_seconds);
  return median(all);
}

double judge_row::verdict_seconds_median() const {
  std::vector<double> all;
  for (const auto& x : trials)
    all.push_back(x.ending.ended_after_seconds);
  return median(all);
}

double judge_row::true_p95_ratio_median() const {
  std::vector<double> all;
  for (const auto& x : trials)
    if (x.true_p95_ratio)
      all.push_back(*x.true_p95_ratio);
  return median(all);
}

double judge_row::look_ms_p99() const {
  std::vector<double> all;
  for (const auto& x : trials)
    all.push_back(x.ending.costliest_look_ms);
  return quantile(all, 0.99);
}

std::string judge_table_head() {
  return "| traffic | truth | true p95 × | judge | trials | blamed % | undone "
         "for a look % "
         "| "
         "inconclusive % | undone in 30 s % | in 60 s % | median s | 5 s after "
         "a backlog % | look p99 ms |\n"
         "| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | "
         "---: | "
         "---: | ---: |\n";
}

std::string to_markdown(const judge_row& x) {
  auto harm = !x.truth.harmless;
  std::string result = "| " + x.traffic.name + " | " + x.truth.name + " | "
    + format_number(x.true_p95_ratio_median(), 3) + " | " + x.judge + " | "
    + std::to_string(x.trials.size()) + " | "
    + percent_between(x.ended(outcome::rolled_back)) + " | "
    + percent(x.doubted()) + " | " + percent(x.ended(outcome::inconclusive))
    + " | ";
  result += (harm ? percent_between(x.undone_within(30)) : "") + " | ";
  result += (harm ? percent_between(x.undone_within(60)) : "") + " | ";
  result += (harm ? format_number(x.undo_seconds_median(), 3) : "") + " | ";
  result +=
    (x.truth.overload ? percent_between(x.undone_before_backlog_hurts()) : "");
  return result + " | " + format_number(x.look_ms_p99(), 2) + " |\n";
}

boost::json::object to_json(const judge_row& x) {
  boost::json::object result{
    {"traffic", x.traffic.name},
    {"truth", x.truth.name},
    {"true_p95_ratio", x.true_p95_ratio_median()},
    {"judge", x.judge},
    {"trials", x.trials.size()},
    {"blamed", json_of(x.ended(outcome::rolled_back))},
    {"kept", json_of(x.ended(outcome::kept))},
    {"inconclusive", json_of(x.ended(outcome::inconclusive))},
    {"undone_for_a_look", json_of(x.doubted())},
    {"undone_in_30_s", json_of(x.undone_within(30))},
    {"undone_in_60_s", json_of(x.undone_within(60))},
    {"undo_seconds_median", x.undo_seconds_median()},
    {"verdict_seconds_median", x.verdict_seconds_median()},
    {"look_ms_p99", x.look_ms_p99()}};
  if (x.truth.overload)
    result["undone_5_s_after_backlog"] =
      json_of(x.undone_before_backlog_hurts());
  return result;
}

} // namespace tuner
