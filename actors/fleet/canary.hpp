#pragma once

#include <string>
#include <vector>

namespace tuner {

/// A member that may be the one that tries.
struct contender {
  std::string name;
  double load_rps = 0;
  bool fit = false;   ///< May try: connected, tuned, at the group's settings.
  bool bound = false; ///< In the middle of a trial, or down to advice by its
                      ///< rollbacks: nobody else shall come to harm instead.
};

/// Chooses the canary: the fit member whose load is nearest to the median of
/// all, by ratio, so that what is good for it is good for most. It stays until
/// it is no longer fit, or its load is outside 0.8 to 1.25 of the median.
/// @param all by name, @param present may be empty.
/// @returns its name; empty where nobody is fit.
std::string
choose_canary(const std::vector<contender>& all, const std::string& present);

/// @returns the median; 0 of nothing.
double median(std::vector<double> x);

} // namespace tuner
