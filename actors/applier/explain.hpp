#pragma once

#include "messages/facts.hpp"

#include <string>

namespace tuner {

/// @returns what a change was about, what was seen and weighed before it, and
/// how its trial ended, in sentences on lines of their own (D4).
std::string explain(const change& what, const verdict& judged);

} // namespace tuner
