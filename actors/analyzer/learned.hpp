#pragma once

#include "actors/analyzer/blame.hpp"
#include "actors/analyzer/gate.hpp"
#include "actors/analyzer/policy.hpp"
#include "actors/analyzer/regime/regime_memory.hpp"
#include "messages/records.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace tuner {

/// What an analyzer has learned of its target and of its operator. It outlives
/// the actor, and as memos the process (A9, A11, A12, B8).
struct learned {
  std::shared_ptr<volatile_memory> regimes =
    std::make_shared<volatile_memory>();
  blame_book blames;
  std::set<std::string> standing_down; ///< Knobs an operator has set.
  gate_state gate;
  knowledge of_target; ///< What its policy knew a minute ago at most.
};

/// @returns all of it, by kind and key.
std::vector<memo> memos_of(const learned& x);

/// @returns what was learned. Memos of other kinds, and such that no version of
/// this program wrote, are passed over.
learned learned_from(const std::vector<memo>& memos, const blame_params& p);

/// @returns what makes `before` into `now`.
std::vector<memo>
difference(const std::vector<memo>& before, const std::vector<memo>& now);

} // namespace tuner
