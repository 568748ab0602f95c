#pragma once

#include "actors/fleet/band.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace tuner {

/// Compares every member with a change on trial with those without, whatever
/// their hardware: what is compared are ratios of each with its own past.
/// @returns by member; without those where there is nothing to compare yet.
std::vector<std::pair<std::string, peer_comparison>> compared_with_peers(
  const std::vector<std::unique_ptr<band>>& fleet, instant now);

} // namespace tuner
