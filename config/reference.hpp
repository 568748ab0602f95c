#pragma once

#include <string>

namespace tuner {

/// @returns a Markdown table of every config key, in the order of the file:
/// its path, its default, what is allowed and what it is for.
std::string reference();

} // namespace tuner
