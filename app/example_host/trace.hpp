#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace tuner::example {

/// What is wrong with a trace: its path, the line, the value found there and
/// what is allowed instead.
class trace_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Reads the arrival times of a recorded workload.
///
/// The file is CSV: the first line names the columns, every other line has as
/// many fields; empty lines are skipped, fields are not quoted. `column` holds
/// finite numbers, in seconds, each at least as large as the one before. It
/// takes two different times to know a rate.
/// @returns the times, ascending, the first moved to 0.
/// @throws trace_error for a file that cannot be read or is anything else.
std::vector<double>
read_trace(const std::string& path, const std::string& column);

} // namespace tuner::example
