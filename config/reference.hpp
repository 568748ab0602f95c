#pragma once

#include <functional>
#include <string>

namespace tuner {

class schema_visitor;

/// @returns a Markdown table of every config key, in the order of the file:
/// its path, its default, what is allowed and what it is for.
std::string reference();

/// @returns the same table for whatever `keys` describes.
std::string reference(const std::function<void(schema_visitor&)>& keys);

} // namespace tuner
