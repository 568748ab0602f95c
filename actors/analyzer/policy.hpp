#pragma once

#include "messages/facts.hpp"

#include <string_view>
#include <vector>

namespace tuner {

/// Decides where the knobs should go. Pure: no clock, no I/O; a policy may
/// remember what it saw. Total: whatever the observation (empty, NaN, absurd)
/// it returns moves within bounds or none, and never throws.
///
/// A new policy is one pair of files and one line in `registry.cpp`.
class policy {
public:
  virtual ~policy() = default;

  /// @returns the name in config and logs.
  virtual std::string_view name() const = 0;

  /// @param seen a window with enough requests to judge by; its `in_force` are
  ///   the present values.
  /// @param knobs what may be moved and how far; switched-off ones stay put.
  /// @returns the knobs to move, each with its reason; none means hold.
  virtual std::vector<knob_move>
  decide(const observation& seen, const knob_table& knobs) = 0;
};

} // namespace tuner
