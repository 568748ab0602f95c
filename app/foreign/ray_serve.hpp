#pragma once

#include <string>

namespace tuner {

/// @returns the document that Ray Serve takes, made of the one that it shows:
/// there, what was deployed stands beside what became of it.
/// @throws std::runtime_error where that can't be made of it.
std::string for_ray_serve(const std::string& shown);

} // namespace tuner
