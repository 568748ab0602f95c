#include "bench/policies_table.hpp"

#include "bench/bench.hpp"

#include <algorithm>
#include <cmath>

namespace tuner {

namespace {

/// Which end of a figure is the bad one.
enum class worst { none, highest, lowest };

struct column {
  const char* key;
  const char* title;
  worst bad;
  int digits;
  double (*of)(const graded_run&);
};

double over(double part, double whole) {
  return whole > 0 ? part / whole : 0;
}

constexpr column columns[] = {
  {"cost_over_oracle", "cost ÷ oracle", worst::highest, 4,
   [](const graded_run& x) { return x.cost_over_best(); }},
  {"settled_cost_over_oracle", "settled", worst::highest, 4,
   [](const graded_run& x) { return x.settled_cost_over_best(); }},
  {"p95_over_oracle", "p95 ÷ oracle", worst::highest, 3,
   [](const graded_run& x) {
     return over(x.tuned.figures.p95_latency_ms, x.best.figures.p95_latency_ms);
   }},
  {"violations_percent", "violations %", worst::highest, 3,
   [](const graded_run& x) { return 100 * x.violation_ratio(); }},
  {"oracle_violations_percent", "of oracle %", worst::none, 3,
   [](const graded_run& x) {
     return 100 * x.best.figures.settled_violation_ratio;
   }},
  {"excess_violations_percent", "excess %", worst::highest, 3,
   [](const graded_run& x) { return 100 * x.excess_violations(); }},
  {"longest_violation_seconds", "longest s", worst::highest, 4,
   [](const graded_run& x) {
     return x.tuned.figures.longest_violation_seconds;
   }},
  {"goodput_percent", "goodput %", worst::lowest, 4,
   [](const graded_run& x) { return 100 * x.tuned.figures.goodput_ratio; }},
  {"changes", "changes", worst::highest, 4,
   [](const graded_run& x) { return x.changes; }},
  {"rollbacks", "rollbacks", worst::highest, 4,
   [](const graded_run& x) { return x.rollbacks; }},
  {"converged_at_seconds", "converged at s", worst::none, 4,
   [](const graded_run& x) { return x.converged_at_seconds; }},
};

std::vector<double> figures(const table_row& x, const column& c) {
  std::vector<double> result;
  for (const auto& run : x.runs)
    result.push_back(c.of(run));
  return result;
}

double worst_of(const std::vector<double>& xs, worst bad) {
  return quantile(xs, bad == worst::highest ? 1 : 0);
}

} // namespace

std::string markdown_head() {
  std::string titles = "| scenario | start | policy |";
  std::string rule = "| --- | --- | --- |";
  for (const auto& c : columns) {
    titles += std::string{" "} + c.title + " |";
    rule += " ---: |";
  }
  return titles + '\n' + rule + '\n';
}

std::string to_markdown(const table_row& x) {
  auto result = "| " + x.scenario + " | " + x.start + " | " + x.policy + " |";
  for (const auto& c : columns) {
    auto all = figures(x, c);
    result += ' ' + format_number(median(all), c.digits);
    if (c.bad != worst::none && all.size() > 1)
      result += " (" + format_number(worst_of(all, c.bad), c.digits) + ')';
    result += " |";
  }
  return result + '\n';
}

boost::json::object to_json(const table_row& x) {
  boost::json::object result{
    {"scenario", x.scenario},
    {"start", x.start},
    {"policy", x.policy},
    {"runs", x.runs.size()}};
  for (const auto& c : columns) {
    auto all = figures(x, c);
    boost::json::object cell{{"median", median(all)}};
    if (c.bad != worst::none)
      cell["worst"] = worst_of(all, c.bad);
    result[c.key] = cell;
  }
  return result;
}

std::vector<table_row>
summed_up(const std::vector<table_row>& rows, const std::string& name) {
  std::vector<table_row> result;
  for (const auto& x : rows) {
    auto i = std::find_if(result.begin(), result.end(), [&](const auto& y) {
      return y.policy == x.policy && y.start == x.start;
    });
    if (i == result.end())
      i = result.insert(i, {name, x.start, x.policy, {}});
    i->runs.insert(i->runs.end(), x.runs.begin(), x.runs.end());
  }
  return result;
}

} // namespace tuner
