#pragma once

#include "bench/graded_run.hpp"

#include <boost/json/object.hpp>

namespace tuner {

/// Runs that differ in seed alone, or are summed up as if they did.
struct table_row {
  std::string scenario;
  std::string start;
  std::string policy;
  std::vector<graded_run> runs;
};

/// @returns the first two lines of a Markdown table.
std::string markdown_head();

/// @returns one line: of each figure the median, and the worst in brackets.
std::string to_markdown(const table_row& x);

/// @returns the same as JSON: `{"cost_over_oracle": {"median": 1.01, ...`.
boost::json::object to_json(const table_row& x);

/// @returns rows that sum up `rows` by policy and start, over all scenarios.
std::vector<table_row>
summed_up(const std::vector<table_row>& rows, const std::string& name);

} // namespace tuner
