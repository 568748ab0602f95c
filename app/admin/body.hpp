#pragma once

#include "config/schema.hpp"

#include <functional>
#include <string>

namespace tuner {

/// Reads a command's JSON object, as strictly as the config: an unknown key or
/// a value that is not allowed is a `refusal` that names it.
/// @param keys describes what may be there.
void read_body(
  const std::string& body, const std::function<void(schema_visitor&)>& keys);

} // namespace tuner
