#pragma once

#include "messages/facts.hpp"

#include <optional>

namespace tuner {

/// How the memory of a target is used.
struct cache_memory {
  reading used_ratio; ///< Of what the target may use.
  reading used_mib;   ///< By the target, its cache included.
  double cache_mib = 0;
  double filled_mib = 0; ///< What the cache is taken to use, at most its size.
};

/// @returns the size of the cache at which the target is expected to use
/// `ratio` of its memory; nothing where the ratio is not known, and less than 0
/// where no size is small enough.
///
/// With L = used_mib ÷ used_ratio the limit, all but the cache uses used_mib −
/// filled_mib, so the size is ratio·L − used_mib + filled_mib. Without used_mib
/// all is taken to be cache, which errs to the cautious side when growing.
std::optional<double> size_at(const cache_memory& x, double ratio);

} // namespace tuner
