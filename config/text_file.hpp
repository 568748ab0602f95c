#pragma once

#include <string>

namespace tuner {

/// Reads the regular file at `path`, of at most `config_bytes_max`, into
/// `text`. Looks at it before opening it, since opening a device can have
/// effects, and again after, since it may be another one by then.
/// @returns why that failed, or nothing.
std::string read_text_file(const std::string& path, std::string& text);

} // namespace tuner
