#pragma once

#include "config/loader.hpp"

namespace tuner {

/// Makes `value` from `as_read` and checks the rules between keys, unless
/// there were errors in reading.
void finish(load_result& x);

} // namespace tuner
