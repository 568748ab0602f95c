#pragma once

namespace tuner {

/// @returns the version of this build: `0.1.0`.
const char* version();

/// @returns what compiled it: `g++ 12.2.0`.
const char* compiler();

} // namespace tuner
