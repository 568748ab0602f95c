#pragma once

#include "config/config.hpp"
#include "config/error.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <vector>

namespace tuner {

class schema_visitor;

/// Stands for a number that a knob in the file leaves out. `derive` fills in
/// what it means.
extern const double left_out;

/// Reads what `from` says into whatever `keys` describes, like the one below.
void read_keys(
  const boost::json::value& from, const std::string& top,
  const std::function<void(schema_visitor&)>& keys,
  std::vector<config_error>& errors);

/// Reads what `from` says into `x` and leaves the rest of `x` alone.
/// @param top is the path of `from` itself in errors.
/// @param errors gets one entry for each unknown key and each value that is
///   not allowed; that member of `x` is then left alone, too.
void read(
  const boost::json::value& from, const std::string& top, config& x,
  std::vector<config_error>& errors);

} // namespace tuner
