#pragma once

#include "actors/analyzer/policy.hpp"
#include "actors/analyzer/regime/regime_memory.hpp"
#include "actors/analyzer/threshold.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// Parameters of every policy.
struct policy_params {
  std::string name = "auto"; ///< One of `policy_names()`.
  threshold_params threshold;
  objective aim;
  /// Of the policies that remember; a new one where there is none.
  std::shared_ptr<regime_memory> memory{};
};

/// @returns the names that `policy_params::name` may have.
std::vector<std::string_view> policy_names();

/// @returns a new policy, or `nullptr` for an unknown name.
std::unique_ptr<policy> make_policy(const policy_params& params);

} // namespace tuner
