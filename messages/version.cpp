#include "messages/version.hpp"

namespace tuner {

const char* version() {
  return AUTO_TUNER_VERSION;
}

const char* compiler() {
#ifdef __clang__
  return "clang++ " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

} // namespace tuner
