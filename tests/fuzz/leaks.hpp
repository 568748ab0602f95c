#pragma once

#if !defined(__SANITIZE_ADDRESS__) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ // NOLINT(*-reserved-identifier): as GCC has it.
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace tuner::fuzz {

#ifdef __SANITIZE_ADDRESS__
/// While it lives, what is allocated may be left behind.
using leaks_allowed = __lsan::ScopedDisabler;
#else
struct leaks_allowed {
  leaks_allowed() {}
};
#endif

} // namespace tuner::fuzz
