#pragma once

#include "messages/ec.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <string>

namespace tuner {

/// @returns what happened and what to do, in words.
const char* to_string(ec x);

} // namespace tuner

CAF_ERROR_CODE_ENUM(tuner::ec, "tuner")

namespace tuner {

/// @returns the text given to `caf::make_error` with the code if there is one,
/// else what the code means.
std::string describe(const caf::error& x);

} // namespace tuner
