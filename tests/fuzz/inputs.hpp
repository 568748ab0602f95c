#pragma once

#include <string_view>

/// What the fuzzers try. Each takes any bytes and ends the program where a
/// promise is broken; the seeds are ordinary tests too.
namespace tuner::fuzz {

/// A selector on the first line, then expositions, separated by zero bytes.
void exposition(std::string_view input);

/// The body of an answer to a PromQL query.
void promql(std::string_view input);

/// A config file.
void config(std::string_view input);

} // namespace tuner::fuzz
