#include "config/error.hpp"

namespace tuner {

std::string to_string(const config_error& x) {
  auto what = x.problem.empty() ? x.value + " is not allowed"
                                : x.problem + " (" + x.value + ')';
  return x.path + ": " + what + "; allowed: " + x.allowed;
}

} // namespace tuner
