#pragma once

#include "bench/real_host.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <vector>

namespace tuner {

/// The settings of one contender of `bench/run real`, and how it did.
struct real_run {
  std::string name;
  example::host_settings at; ///< In the end.
  real_windows windows;
  int writes = 0;
  double last_write_seconds = 0;

  real_figures figures() const { return summary_of(windows); }
};

/// @returns the figures of each. @param best_cost what costs are divided by.
boost::json::array to_json(const std::vector<real_run>& runs, double best_cost);

/// Prints them as a table.
void print(
  const char* title, const std::vector<real_run>& runs, double best_cost);

} // namespace tuner
